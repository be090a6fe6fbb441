import FoveaCore
import FoveaExplain
import FoveaGraph
import FoveaLayers

extension Curriculum {
  /// Layers and operations: L1 … L27.
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
    FunctionLesson(
      id: "L13", deck: "000:286-288", title: "ReLU", layer: ReLU(),
      formula: "f(x) = max(x, 0); f′(x) = 1 for x > 0, else 0",
      remarks: ["Each pixel on its own; at the kink the slope is taken as 0."]),
    FunctionLesson(
      id: "L14", deck: "004:738-743", title: "The sigmoid", layer: Sigmoid(),
      formula: "f(x) = 1 / (1 + e⁻ˣ); f′(x) = f(x)·(1 − f(x))",
      remarks: ["The slope is at most a quarter: through n layers a gradient shrinks by 4ⁿ or more."]),
    FunctionLesson(
      id: "L15", deck: "000:521", title: "The hyperbolic tangent", layer: Tanh(),
      formula: "f(x) = tanh x; f′(x) = 1 − f(x)²", remarks: ["LeNet's activation: odd, and steepest at 0 with slope 1."]
    ),
    FreeLesson("L17", "004:861-875", "Softmax and its temperature") { page in
      page.give("z", [[1, 2, 3]])
      page.formula("σ(z)ᵢ = e^(β·zᵢ) / Σ e^(β·zⱼ)")
      for beta in [1.0, 2, -1] {
        let experiment = try Experiment(["z": tensor([1, 2, 3], [1, 3])]) {
          Softmax(beta: Float(beta)).forward($0["z"]!)
        }
        if beta == 1 { page.add(experiment.cells(named: "σ")) }
        page.result("β = \(spelled(beta))", [experiment.values])
      }
      let large = try Experiment(["z": tensor([1000, 1001, 1002], [1, 3])]) { $0["z"]!.applying(Op.Softmax()) }
      page.result("z = 1000, 1001, 1002", [large.values])
      page.remark(
        "A large β sharpens, a negative one turns the order around. The largest z is subtracted first: no e^1000.")
    },
    FreeLesson("L18", "000:702-724", "Dropout") { page in
      let count = 10_000
      let x = tensor([Double](repeating: 1, count: count), [1, count])
      page.give("input", "10,000 ones, rate 0.5")
      page.formula("training: y = x·mask / (1 − rate); inference: y = x")
      let training = try Experiment(["x": x], [:], true) { Dropout(0.5).forward($0["x"]!) }
      page.result("kept", training.values.count { $0 != 0 })
      page.result("value of those kept", training.values.max() ?? 0)
      page.result("mean in training", training.values.reduce(0, +) / Double(count))
      let inference = try Experiment(["x": x]) { Dropout(0.5).forward($0["x"]!).applying(Op.Scale(1)) }
      page.result("smallest in inference", inference.values.min() ?? 0)
      page.result("largest in inference", inference.values.max() ?? 0)
      page.remark(
        "Dividing by 1 − rate while training keeps the mean, so that inference has nothing to do. A dropped unit "
          + "gets no gradient.")
    },
    CountLesson(
      id: "L19", deck: "001:293, 641, 750", title: "Flatten", cases: [.init("5×5×16", [5, 5, 16], Flatten())]),
    CountLesson(
      id: "L20", deck: "001:634-643", title: "Fully connected layers",
      cases: [
        .init("784 to 30", [784], Dense(30)), .init("letters", [28, 28, 1], Sequential([Flatten(), Dense(26)])),
        .init("an MLP", [784], Sequential([Dense(100, activation: .relu), Dense(10)])),
      ], formula: "(inputs + 1) · units for each layer"),
    FreeLesson("L22", "002:435-447", "A residual unit that learned nothing") { page in
      let x = tensor((0..<32).map { Double($0 % 9) }, [4, 4, 2])
      page.give("input", "4×4×2, no negative numbers; all weights of the body are zero")
      page.formula("y = ReLU(h(x) + x), h = conv, norm, ReLU, conv, norm")
      let zeros = Initializer.zeros
      let unit = Residual(activation: .relu) {
        Conv2D(filters: 2, kernel: 3, padding: .same, bias: false, initializer: zeros)
        BatchNorm()
        ReLU()
        Conv2D(filters: 2, kernel: 3, padding: .same, bias: false, initializer: zeros)
        BatchNorm()
      }
      let experiment = try Experiment(unit, x)
      let difference = zip(experiment.values, x.floats).map { abs($0 - Double($1)) }.max() ?? 0
      page.result("largest difference to the input", difference)
      page.remark(
        "With a body of zeros the unit is the identity: the layers learn f(x) = h(x) − x, what is to be added.")
    },
    CountLesson(
      id: "L23", deck: "003:693, 737", title: "Depthwise separable convolution",
      cases: [
        .init(
          "separable", [16, 16, 128],
          SeparableConv2D(filters: 128, kernel: 3, padding: .same, bias: false)),
        .init("ordinary", [16, 16, 128], Conv2D(filters: 128, kernel: 3, padding: .same, bias: false)),
      ], remarks: ["First every channel with its own 3×3 kernel, then a 1×1 convolution mixes the channels."]),
    CountLesson(
      id: "L24", deck: "003:706", title: "A transition between dense blocks",
      cases: [
        .init(
          "transition", [16, 16, 128],
          Sequential([
            BatchNorm(), ReLU(), Conv2D(filters: 64, kernel: 1, bias: false), AveragePool2D(2),
          ]))
      ], remarks: ["A dense block adds k channels a layer (P7); the transition halves channels, height and width."]),
    FreeLesson("L25", "001:506-510", "Tensors") { page in
      page.formula("rank = the number of axes; the shape's product = the number of elements")
      for rank in 0...5 {
        let shape = Shape([Int](repeating: 2, count: rank))
        let tensor = Tensor(shape: shape)
        page.cell(
          "rank \(rank)", "shape \(shape), \(tensor.shape.count) elements, \(tensor.byteCount) bytes",
          Double(tensor.shape.rank))
        page.result("elements of rank \(rank)", tensor.array(of: Float.self).count)
      }
      for type in [ElementType.float32, .bfloat16, .int32, .int8, .uint8] {
        page.result("bytes of \(type)", Tensor(shape: [1], elementType: type).byteCount)
      }
      page.remark("A scalar has rank 0, a vector 1, a matrix 2, an image 3 (H×W×C), a batch of images 4, of videos 5.")
    },
    FreeLesson("L26", "003:186-189, 420-431", "A convolution is a sparse matrix") { page in
      page.give("picture x", Pictures.steps)
      page.give("kernel w", Pictures.stepsKernel)
      page.formula("y = T · x, T[place, pixel] = w where the window at the place covers the pixel, else 0")
      let convolution = try Experiment(convolving: Pictures.steps, with: Pictures.stepsKernel, .init(name: "y"))
      let matrix = try Op.Convolution(Window(size: [3, 3]))
        .matrix(weights: kernel(Pictures.stepsKernel), input: [5, 5, 1])
      let pixels = Pictures.steps.flatMap(\.self)
      for row in 0..<matrix.rows {
        let terms = matrix[row].map { "\(spelled($0.weight))·\(bracketed(pixels[$0.column]))" }
        let value = matrix[row].reduce(0) { $0 + $1.weight * pixels[$1.column] }
        page.cell("y[\(row)]", "\(terms.joined(separator: " + ")) = \(spelled(value))", value)
      }
      page.result("by convolution", [convolution.values])
      page.result("by the matrix", [matrix * pixels])
      page.result("entries of the matrix", matrix.rows * matrix.columns)
      page.result("entries that are not zero", matrix.nonZeros)
      page.remark(
        "A fully connected layer whose weights are zero almost everywhere, and equal where they are not: that is "
          + "the infinitely strong prior.")
    },
    FreeLesson("L27", "000:51", "Sparse connections and growing fields") { page in
      let sequence = try (1...4).map { depth in
        let model = try trace(
          Sequential((0..<depth).map { _ in Conv2D(filters: 1, kernel: 3, padding: .same) }), input: [32, 32, 1])
        return (model.summary.layers.last?.receptiveField?.first ?? 0, model.summary.parameters)
      }
      page.formula("r = 1 + L·(k − 1) for L layers of k at stride 1")
      for (index, (field, parameters)) in sequence.enumerated() {
        page.cell("\(index + 1) layers", "1 + \(index + 1)·(3 − 1) = \(field)", Double(field))
        page.result("\(index + 1) layers see", field)
        page.result("\(index + 1) layers have parameters", parameters)
      }
      page.remark(
        "Each neuron has few connections, but deep neurons see much of the picture through those before them.")
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
