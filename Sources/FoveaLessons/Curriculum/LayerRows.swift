import FoveaCore
import FoveaExplain
import FoveaGraph
import FoveaLayers

extension Curriculum {
  /// Convolutions, and what is built of them: L1 … L8.
  static let layers: [any Lesson] = [
    FreeLesson("L1", "000:241-246", "Convolution over a volume") { page in
      let ones = tensor([Double](repeating: 1, count: 6 * 6 * 3), [6, 6, 3])
      page.give("input", "6×6×3, all ones")
      page.formula("y[p, o] = Σ_k Σ_i x[p + k, i] · w[k, i, o] + b[o]")
      let w = (0..<(27 * 4)).map { Double($0 % 4 + 1) }
      let experiment = try Experiment(
        Conv2D(filters: 4, kernel: 3, bias: false), ones, ["weights": tensor(w, [3, 3, 3, 4])])
      page.add(experiment.cells())
      for c in 0..<4 { page.result("map \(c)", experiment.channel(c)) }
      page.result("output", experiment.shape.ofExample.description)
      page.remark("Filter o has the weight o + 1 everywhere: its map is 27·(o + 1). Four filters make four maps.")
    },
    FreeLesson("L2", "002:499-506", "Layers over sequences") { page in
      let sequence: [Double] = [1, 3, 2, 0, 4, 1, 5, 2]
      page.give("sequence x", [sequence])
      page.give("kernel w", [[1, 0, -1]])
      page.formula("y(n) = Σ_k w(k) · x(n + k)")
      let x = tensor(sequence, [8, 1])
      let convolved = try Experiment(
        Conv1D(filters: 1, kernel: 3, bias: false), x, ["weights": tensor([1, 0, -1], [3, 1, 1])])
      page.add(convolved.cells())
      page.result("convolution", [convolved.values])
      page.result("max pooling of 3", [try Experiment(MaxPool1D(3), x).values])
      page.result("global max pooling", try Experiment(GlobalMaxPool1D(), x).values[0])
      let table = tensor([10, 11, 20, 21, 30, 31], [3, 2])
      page.give("embedding table", [[10, 11], [20, 21], [30, 31]])
      page.give("words", "2, 0")
      let embedded = try Experiment(["words": Tensor([Int32(2), 0], shape: [1, 2])], ["table": table]) {
        Embedding(count: 3, size: 2).forward($0["words"]!)
      }
      page.result("embedded", [0, 1].map { Array(embedded.values[2 * $0..<2 * $0 + 2]) })
      page.remark("An embedding picks a word's row of its table: the product with a row that has a single one.")
    },
    FreeLesson("L3", "004:163", "Convolution in three dimensions") { page in
      let x = tensor((1...27).map(Double.init), [1, 3, 3, 3, 1])
      let w = tensor([1, 0, 0, 0, 0, 0, 0, -1], [2, 2, 2, 1, 1])
      page.give("input", "a cube of 3×3×3 with the numbers 1 … 27")
      page.give("kernel", "2×2×2: the first corner less the opposite one")
      page.formula("y[p] = Σ_k x[p + k] · w[k], k over depth, height and width")
      let experiment = try Experiment(["x": x, "w": w]) {
        $0["x"]!.applying(Op.Convolution(Window(size: [2, 2, 2])), $0["w"]!)
      }
      page.add(experiment.cells())
      page.result("y", [experiment.values])
      page.result("output", experiment.shape.ofExample.description)
      page.remark("One depth, row and column on is 9 + 3 + 1 = 13 more: every difference is −13.")
    },
    ConvolutionLesson(
      id: "L4", deck: "003:176-182", title: "Dilated convolution", input: [[1, 2, 3, 4, 5, 6, 7]],
      kernel: [[1, 1, 1]], ways: [.init(name: "dilation 2", dilation: 2), .init(name: "dilation 1")],
      formula: "y(n) = Σ_k w(k) · x(n + 2k)",
      remarks: ["A rate of d leaves d − 1 gaps: three weights span five inputs. F12 to F14 ask for the sizes."]),
    FreeLesson("L5", "003:474-476", "Transposed convolution, and its checkerboard") { page in
      page.give("kernel w", [[1, 1, 1], [1, 1, 1], [1, 1, 1]])
      page.give("stride and padding", "stride 2, padding 1")
      let window = Window(size: [3], strides: [2], padding: .explicit(1))
      page.formula(WindowArithmetic(transposed: window, axis: 0, length: 2, outputPadding: 0).formula + " = 2i − 1")
      let layer = TransposedConv2D(filters: 1, kernel: 3, strides: 2, padding: .explicit(1), bias: false)
      for side in [2, 3] {
        let ones = [[Double]](repeating: [Double](repeating: 1, count: side), count: side)
        let kernel = tensor([Double](repeating: 1, count: 9), [3, 3, 1, 1])
        let experiment = try Experiment(layer, image(ones), ["weights": kernel])
        page.give("picture of \(side)×\(side)", ones)
        page.add(experiment.cells(named: "\(side)×\(side): y"))
        page.result("from \(side)×\(side)", experiment.rows)
      }
      page.remark(
        "Every input spreads a copy of the kernel, two places apart; where copies overlap they add up. A picture of "
          + "ones comes out as a checkerboard of 1, 2 and 4: the kernel's size is no multiple of the stride.")
    },
    FreeLesson("L6", "003:482-488", "Back to the pixels: a DeconvNet") { page in
      let picture: [[Double]] = (0..<6).map { y in (0..<6).map { x in x == 3 ? 2 : Double((x + y) % 2) } }
      let vertical: [[Double]] = [[-1, 2, -1], [-1, 2, -1], [-1, 2, -1]]
      page.give("picture x", picture)
      page.give("filter w", vertical)
      page.formula(
        "forward: convolve, rectify, pool; back: unpool with the switches, rectify, convolve with w transposed")
      let inputs = ["x": image(picture).reshaped(to: [1, 6, 6, 1]), "w": kernel(vertical)]
      let features = try Experiment(inputs) { DeconvNet().features($0["x"]!, $0["w"]!).pooled }
      let (row, column) = strongest(of: features.rows)
      let mask = tensor((0..<9).map { $0 == 3 * row + column ? 1 : 0 }, [1, 3, 3, 1])
      let projection = try Experiment(inputs.merging(["mask": mask]) { $1 }) {
        DeconvNet().projection(of: $0["x"]!, $0["w"]!, keeping: $0["mask"]!)
      }
      page.add(projection.cells(named: "projection"))
      page.result("pooled features", features.rows)
      page.result("strongest activation", "\(spelled(features.rows[row][column])) at \(row),\(column)")
      page.result("its projection", projection.rows)
      page.remark(
        "All other activations are set to 0. What comes out is as large as the picture and shows which pixels made "
          + "the unit answer: the line. ZF-Net's figures are made so.")
    },
    CountLesson(
      id: "L7", deck: "003:549-573", title: "Inception module 3a",
      cases: [
        .init(
          "module", [28, 28, 192],
          Concatenate {
            Conv2D(filters: 64, kernel: 1)
            Sequential {
              Conv2D(filters: 96, kernel: 1)
              Conv2D(filters: 128, kernel: 3, padding: .same)
            }
            Sequential {
              Conv2D(filters: 16, kernel: 1)
              Conv2D(filters: 32, kernel: 5, padding: .same)
            }
            Sequential {
              MaxPool2D(3, strides: 1, padding: .same)
              Conv2D(filters: 32, kernel: 1)
            }
          })
      ],
      remarks: ["64 + 128 + 32 + 32 channels lie side by side; the 1×1 convolutions before the larger ones save work."]),
    FreeLesson("L8", "003:585-605", "Batch normalisation") { page in
      page.give("batch x", [[1, 2, 3, 4]])
      page.formula("μ = Σ x / m; σ² = Σ (x − μ)² / m; x̂ = (x − μ) / √(σ² + ε); y = γ·x̂ + β")
      let batch = tensor([1, 2, 3, 4], [4, 1])
      let training = try Experiment(["x": batch], [:], true) { BatchNorm().forward($0["x"]!) }
      page.add(training.cells())
      page.result("training", [training.values])
      let inference = try Experiment(["x": batch]) { BatchNorm().forward($0["x"]!) }
      page.result("inference with mean 0 and variance 1", [inference.values])
      page.remark(
        "In training the moments are the batch's; in inference they are running averages, so that an example "
          + "does not depend on its neighbours. Then it is one multiplication and one sum, and is folded into the "
          + "convolution before it.")
    },
  ]
}

/// A convolution, a rectifier and a pooling, and the way back to the pixels.
///
/// - Source: Zeiler & Fergus 2014, "Visualizing and Understanding Convolutional Networks", §2.1.
private struct DeconvNet {
  private let convolution = Op.Convolution(Window(size: [3, 3], padding: .same))

  func features(_ x: Value, _ weights: Value) -> (pooled: Value, switches: PoolSwitches) {
    MaxPool2D(2).withSwitches(ReLU().forward(x.applying(convolution, weights)))
  }

  /// What the activations where `mask` is 1 make of the picture.
  func projection(of x: Value, _ weights: Value, keeping mask: Value) -> Value {
    let (pooled, switches) = features(x, weights)
    let unpooled = ReLU().forward(MaxUnpool2D()(pooled * mask, switches))
    return unpooled.applying(Op.ConvolutionInputGradient(of: convolution, inputShape: x.shape), weights)
  }
}

/// Where the largest number stands.
private func strongest(of rows: [[Double]]) -> (row: Int, column: Int) {
  let places = rows.indices.flatMap { y in rows[y].indices.map { (row: y, column: $0) } }
  return places.max { rows[$0.row][$0.column] < rows[$1.row][$1.column] } ?? (0, 0)
}
