import FoveaCore
import FoveaExplain
import FoveaGraph
import FoveaLayers

extension Curriculum {
  /// Convolution arithmetic on one picture: C19 … C26.
  static let arithmetic: [any Lesson] = [
    ConvolutionLesson(
      id: "C19", deck: "004:74-142", title: "A kernel in nine steps", input: Pictures.steps,
      kernel: Pictures.stepsKernel, ways: [.init(name: "map"), .init(name: "true convolution", flipped: true)],
      remarks: ["Walk through the nine places with --step: the window moves, the kernel stays."]),
    FreeLesson("C20", "004:163-169", "Kernels in N dimensions") { page in
      page.give("maps", "3 in, 4 out, kernel 3 along each axis")
      page.formula("a kernel tensor has (n, m, k₁ … k_N): n maps out, m maps in; weights n · m · k₁ ⋯ k_N")
      for rank in 1...3 {
        let operation = Op.Convolution(Window(size: [Int](repeating: 3, count: rank)))
        let weights = Shape([Int](repeating: 3, count: rank) + [3, 4])
        let output = try operation.outputShape(for: [Shape([1] + [Int](repeating: 5, count: rank) + [3]), weights])
        page.cell(
          "\(rank)-D", weights.dimensions.map(String.init).joined(separator: "·") + " = \(weights.count)",
          Double(weights.count))
        page.result("weights of \(rank)-D", weights.count)
        page.result("a \(rank)-D input of side 5 gives", output.ofExample.description)
      }
      page.remark(
        "The deck and PyTorch write (out, in, k…); Fovea and Keras write k… × in × out. The numbers are the same.")
    },
    FreeLesson("C21", "004:186-190", "A stride is a stride of 1, and leaving out") { page in
      page.give("picture x", Pictures.steps)
      page.give("kernel w", Pictures.stepsKernel)
      page.formula("y_s[m, n] = y₁[m·s, n·s]")
      let every = try Experiment(convolving: Pictures.steps, with: Pictures.stepsKernel, .init(name: "stride 1"))
      let second = try Experiment(
        convolving: Pictures.steps, with: Pictures.stepsKernel, .init(name: "stride 2", strides: 2))
      let kept = every.rows.enumerated().filter { $0.offset % 2 == 0 }.map { row in
        row.element.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
      }
      page.add(second.cells())
      page.result("stride 1", every.rows)
      page.result("stride 1, every second kept", kept)
      page.result("stride 2", second.rows)
      page.remark("Stride 2 computes a quarter of the places and gives the same numbers there.")
    },
    ShapeLesson(
      id: "C22", deck: "004:205-217", title: "No padding, unit stride",
      cases: [.init("output", [4, 4], kernel: 3)], remarks: ["Relationship 1: o = (i − k) + 1."]),
    ConvolutionLesson(
      id: "C23", deck: "004:230-240", title: "Half padding", input: Pictures.steps, kernel: Pictures.stepsKernel,
      ways: [.init(name: "map", padding: .explicit(1))],
      remarks: ["Relationship 3: with p = ⌊k/2⌋ zeros and an odd kernel the output is as large as the input, o = i."]),
    ConvolutionLesson(
      id: "C24", deck: "004:256-266", title: "Padding and stride 2", input: Pictures.steps,
      kernel: Pictures.stepsKernel, ways: [.init(name: "map", strides: 2, padding: .explicit(1))],
      remarks: ["Relationship 6: o = ⌊(i + 2p − k) / s⌋ + 1 = ⌊(5 + 2 − 3) / 2⌋ + 1."]),
    ConvolutionLesson(
      id: "C25", deck: "004:283-299", title: "The three animations", input: Pictures.steps,
      kernel: Pictures.stepsKernel,
      ways: [
        .init(name: "no padding, unit stride"), .init(name: "no padding, stride 2", strides: 2),
        .init(name: "padding 1, stride 2", strides: 2, padding: .explicit(1)),
      ], showsAllCells: true, remarks: ["--step goes through all three, cell by cell."]),
    ShapeLesson(
      id: "C26", deck: "004:370-387", title: "A filter of two over a sequence",
      cases: [.init("stride 2", [8], kernel: 2, stride: 2), .init("stride 1", [8], kernel: 2)],
      remarks: ["At stride 2 the windows do not overlap."]),
    CountLesson(
      id: "C27", deck: "004:60", title: "Weights of a convolution",
      cases: [
        .init("without bias", [224, 224, 3], Conv2D(filters: 64, kernel: 3, padding: .same, bias: false)),
        .init("with bias", [224, 224, 3], Conv2D(filters: 64, kernel: 3, padding: .same)),
      ], formula: "weights = I · O · K, and O biases",
      remarks: ["This is VGG's block1_conv1."]),
  ]

  /// Kernels of their own for every place, and what kernels see: C28 … C30.
  static let kernels: [any Lesson] = [
    FreeLesson("C28", "004:321", "Weights that are not shared") { page in
      page.give("picture x", Pictures.steps)
      page.give("weights", "at each of the 3×3 places a kernel of its own: the number of the place, nine times")
      page.formula("y[p, o] = Σ_k Σ_i x[p + k, i] · w[p, k, i, o]; weights oh · ow · k² · c_in · c_out")
      let layer = LocallyConnected2D(filters: 1, kernel: 3, bias: false)
      let weights = tensor((0..<81).map { Double($0 / 9 + 1) }, [3, 3, 9, 1])
      let experiment = try Experiment(layer, image(Pictures.steps), ["weights": weights])
      page.add(experiment.cells())
      page.result("y", experiment.rows)
      let model = try trace(LocallyConnected2D(filters: 4, kernel: 3), input: [32, 32, 3])
      let shared = try trace(Conv2D(filters: 4, kernel: 3), input: [32, 32, 3])
      page.result("parameters of four filters on 32×32×3", model.summary.parameters)
      page.result("parameters of a convolution", shared.summary.parameters)
      page.remark(
        "A locally connected layer has the wiring of a convolution and the weights of every place for itself, "
          + "the bias included: 30·30·(3·3·3·4 + 4).")
    },
    FreeLesson("C29", "001:109-164", "A gallery of kernels") { page in
      let square: [[Double]] = (0..<7).map { y in
        (0..<7).map { x in (2...4).contains(y) && (2...4).contains(x) ? 9 : 0 }
      }
      page.give("picture x, a bright square", square)
      page.formula("y[m,n] = Σ_p Σ_q w[p,q] · x[m + p, n + q]")
      for kernel in NamedKernel.gallery {
        let experiment = try Experiment(convolving: square, with: kernel.rows, .init(name: kernel.name))
        if kernel == NamedKernel.gallery[0] { page.add(experiment.cells()) }
        page.give("\(kernel.name) (\(kernel.purpose))", kernel.rows)
        page.result(kernel.name, experiment.rows)
      }
      page.remark("An edge kernel sums to 0 and is silent on flat areas; sharpen and blur sum to 1 and keep them.")
    },
    FreeLesson("C30", "002:160-174", "A filter with a vertical white line") { page in
      // Its middle column and its middle row have different sums.
      func number(_ y: Int, _ x: Int) -> Double { Double((3 * y + 2 * x * x) % 7) }
      let picture = (0..<7).map { y in (0..<7).map { x in number(y, x) } }
      let vertical: [[Double]] = (0..<7).map { _ in (0..<7).map { $0 == 3 ? 1 : 0 } }
      let horizontal: [[Double]] = (0..<7).map { y in (0..<7).map { _ in y == 3 ? 1 : 0 } }
      page.give("picture x", picture)
      page.give("vertical line", vertical)
      page.formula("y = Σ_p Σ_q w[p,q] · x[p,q]")
      let answer = try Experiment(convolving: picture, with: vertical, .init(name: "vertical"))
      page.add(answer.cells())
      page.result("vertical line", answer.values[0])
      page.result("horizontal line", try Experiment(convolving: picture, with: horizontal, .init(name: "h")).values[0])
      let others = picture.map { row in row.enumerated().map { $0.offset == 3 ? $0.element : 100 } }
      page.result(
        "vertical line, all other columns at 100",
        try Experiment(convolving: others, with: vertical, .init(name: "v")).values[0])
      page.remark("Whatever stands beside the centre column is multiplied by zero: the neuron does not see it.")
    },
  ]
}
