import FoveaCore
import FoveaFormats
import FoveaGraph

// What ONNX Runtime makes of several operators when it writes an optimised file.

extension ONNXOperators {
  static let fusedOperators: [String: Make] = [
    "com.microsoft.FusedConv": fusedConvolution, "com.microsoft.FusedGemm": fusedGemm,
    "com.microsoft.FusedMatMul": fusedMatrixProduct,
    "com.microsoft.Gelu": { node throws(ImportError) in try node.results(of: "Gelu", on: try node.inputs()) },
    "com.microsoft.BiasGelu": { node throws(ImportError) in try gelu(node, "none") },
    "com.microsoft.FastGelu": { node throws(ImportError) in try gelu(node, "tanh") },
    "com.microsoft.QuickGelu": { node throws(ImportError) in
      let slope = try node.float("alpha", 1.702)
      return try node.results(of: "Swish", on: [try node.input(0)], attributes: ["alpha": .float(slope)])
    },
    "com.microsoft.SkipLayerNormalization": layerNormOfSum,
  ]

  /// The activations that are fused, and what their numbers are called, in their order.
  private static let fusedActivations: [String: [String]] = [
    "Relu": [], "Sigmoid": [], "Tanh": [], "Softplus": [], "Softsign": [], "HardSwish": [], "LeakyRelu": ["alpha"],
    "Elu": ["alpha"], "Celu": ["alpha"], "ThresholdedRelu": ["alpha"], "Selu": ["alpha", "gamma"],
    "HardSigmoid": ["alpha", "beta"], "Clip": ["min", "max"],
  ]

  /// The activation that the node names, and what its numbers are called; `nil` if it names none.
  private static func activation(_ node: NodeContext) throws(ImportError) -> (name: String, numbers: [String])? {
    let name = try node.text("activation", "")
    if name.isEmpty { return nil }
    guard let numbers = fusedActivations[name] else { throw .unsupported("the activation '\(name)'") }
    return (name, numbers)
  }

  /// Image, weights, bias, and something to add before the activation.
  private static func fusedConvolution(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    var operands = [try node.input(0), try node.input(1)]
    if node.has(2) { operands.append(try node.input(2)) }
    var y = try node.results(of: "Conv", on: operands)[0]
    if node.has(3) { y = try combined(node, y, try node.input(3)) { $0 + $1 } }
    guard let (name, names) = try activation(node) else { return [y] }
    let numbers = try node.floats("activation_params") ?? []
    guard numbers.count >= names.count else {
      throw ImportError("\(numbers.count) numbers for \(name)", fix: "give \(names.joined(separator: " and "))")
    }
    return try node.results(
      of: name, on: [y], attributes: Dictionary(uniqueKeysWithValues: zip(names, numbers.map(ONNXAttribute.float))))
  }

  private static func fusedGemm(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let y = try node.results(of: "Gemm", on: try node.inputs())[0]
    guard let (name, names) = try activation(node) else { return [y] }
    // Gemm's own alpha and beta are not the activation's.
    var numbers: [String: ONNXAttribute] = [:]
    for number in names { numbers[number] = node.node.attributes["activation_\(number)"] }
    return try node.results(of: name, on: [y], attributes: numbers)
  }

  private static func fusedMatrixProduct(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    guard try node.integer("transBatchA", 0) == 0, try node.integer("transBatchB", 0) == 0 else {
      throw .unsupported("a matrix product with batches behind the rows")
    }
    var operands: [LaidOut] = []
    for (index, name) in ["transA", "transB"].enumerated() {
      var x = try node.input(index).inOrder
      if try node.integer(name, 0) != 0, x.rank >= 2 {
        x = try node.transpose(x, Array(0..<(x.rank - 2)) + [x.rank - 1, x.rank - 2])
      }
      operands.append(LaidOut(x))
    }
    let y = try node.results(of: "MatMul", on: operands)[0]
    return [y.with(try node.checked(try node.float("alpha", 1) * y.value))]
  }

  private static func gelu(_ node: NodeContext, _ form: String) throws(ImportError) -> [LaidOut] {
    var x = try node.input(0)
    if node.has(1) { x = try combined(node, x, try node.input(1)) { $0 + $1 } }
    return try node.results(of: "Gelu", on: [x], attributes: ["approximate": .text(form)])
  }

  /// The layer normalisation of a sum: input, skip, scale, bias, and a bias of the sum. The sum is the fourth result.
  private static func layerNormOfSum(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    var sum = try combined(node, try node.input(0), try node.input(1)) { $0 + $1 }
    if node.has(4) { sum = try combined(node, sum, try node.input(4)) { $0 + $1 } }
    var operands = [sum, try node.input(2)]
    if node.has(3) { operands.append(try node.input(3)) }
    let epsilon = try node.float("epsilon", 1e-12)
    let y = try node.results(
      of: "LayerNormalization", on: operands, attributes: ["epsilon": .float(epsilon), "axis": .integer(-1)])[0]
    guard node.gives(1) || node.gives(2) else { return node.gives(3) ? [y, y, y, sum] : [y] }
    throw .unsupported("mean and deviation of a layer normalisation")
  }
}
