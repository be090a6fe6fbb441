import FoveaCore
import FoveaExplain
import FoveaGraph
import FoveaLayers

extension Curriculum {
  /// Functions, arrangements and structures: L13 … L27.
  static let operations: [any Lesson] = [
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
          "rank \(rank)", "shape \(shape), \(counted(tensor.shape.count, "element")), \(tensor.byteCount) bytes",
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
        let layers = counted(index + 1, "layer")
        page.cell(layers, "1 + \(index + 1)·(3 − 1) = \(field)", Double(field))
        page.result("seen through \(layers)", field)
        page.result("parameters of \(layers)", parameters)
      }
      page.remark(
        "Each neuron has few connections, but deep neurons see much of the picture through those before them.")
    },
  ]
}
