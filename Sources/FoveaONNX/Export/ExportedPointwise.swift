import FoveaCore
import FoveaFormats
import FoveaGraph

/// A function of each number alone: the axes stay where they are.
protocol ONNXFunction: ONNXExportable {
  func export(_ x: String, _ node: ExportContext) -> String
}

extension ONNXFunction {
  func export(_ node: ExportContext) -> Exported {
    let x = node.value(0)
    return Exported(export(x.name, node), isChannelsFirst: x.isChannelsFirst)
  }
}

extension Op.ReLU: ONNXFunction { func export(_ x: String, _ node: ExportContext) -> String { node.emit("Relu", x) } }
extension Op.Tanh: ONNXFunction { func export(_ x: String, _ node: ExportContext) -> String { node.emit("Tanh", x) } }
extension Op.Sigmoid: ONNXFunction {
  func export(_ x: String, _ node: ExportContext) -> String { node.emit("Sigmoid", x) }
}
extension Op.Exponential: ONNXFunction {
  func export(_ x: String, _ node: ExportContext) -> String { node.emit("Exp", x) }
}
extension Op.ExponentialMinus1: ONNXFunction {
  /// Elu is that below 0, and the identity above: e^x − 1 = elu(min(x, 0)) + (e^max(x, 0) − 1).
  func export(_ x: String, _ node: ExportContext) -> String {
    let below = node.emit("Elu", node.emit("Min", x, node.number(0)))
    let above = node.emit("Sub", node.emit("Exp", node.emit("Relu", x)), node.number(1))
    return node.emit("Add", below, above)
  }
}
extension Op.Logarithm: ONNXFunction {
  func export(_ x: String, _ node: ExportContext) -> String { node.emit("Log", x) }
}
extension Op.Softplus: ONNXFunction {
  func export(_ x: String, _ node: ExportContext) -> String { node.emit("Softplus", x) }
}
extension Op.ErrorFunction: ONNXFunction {
  func export(_ x: String, _ node: ExportContext) -> String { node.emit("Erf", x) }
}
extension Op.Absolute: ONNXFunction {
  func export(_ x: String, _ node: ExportContext) -> String { node.emit("Abs", x) }
}
extension Op.Sign: ONNXFunction { func export(_ x: String, _ node: ExportContext) -> String { node.emit("Sign", x) } }
extension Op.Step: ONNXFunction {
  func export(_ x: String, _ node: ExportContext) -> String {
    node.emit("Cast", node.emit("Greater", x, node.number(0)), attributes: ["to": .integer(1)])
  }
}
extension Op.Scale: ONNXFunction {
  func export(_ x: String, _ node: ExportContext) -> String { node.emit("Mul", x, node.number(factor)) }
}
extension Op.Offset: ONNXFunction {
  func export(_ x: String, _ node: ExportContext) -> String { node.emit("Add", x, node.number(amount)) }
}
extension Op.Power: ONNXFunction {
  func export(_ x: String, _ node: ExportContext) -> String {
    switch exponent {
    case -1: node.emit("Reciprocal", x)
    case 0.5: node.emit("Sqrt", x)
    default: node.emit("Pow", x, node.number(exponent))
    }
  }
}
extension Op.ReciprocalSquareRoot: ONNXFunction {
  func export(_ x: String, _ node: ExportContext) -> String {
    node.emit("Reciprocal", node.emit("Sqrt", node.emit("Add", x, node.number(epsilon))))
  }
}
extension Op.Clamp: ONNXFunction {
  func export(_ x: String, _ node: ExportContext) -> String {
    node.emit(
      "Clip", x, lower == -.infinity ? "" : node.number(lower), upper == .infinity ? "" : node.number(upper))
  }
}

/// A function of two numbers or more, the smaller tensors stretched.
protocol ONNXPair: ONNXExportable {
  static var type: String { get }
}

extension ONNXPair {
  func export(_ node: ExportContext) throws(ExportError) -> Exported {
    let (names, isChannelsFirst) = try node.aligned()
    return Exported(node.emit(Self.type, names, attributes: [:])[0], isChannelsFirst: isChannelsFirst)
  }
}

extension Op.Add: ONNXPair { static var type: String { "Add" } }
extension Op.Subtract: ONNXPair { static var type: String { "Sub" } }
extension Op.Multiply: ONNXPair { static var type: String { "Mul" } }
extension Op.Divide: ONNXPair { static var type: String { "Div" } }
extension Op.Larger: ONNXPair { static var type: String { "Max" } }
extension Op.Smaller: ONNXPair { static var type: String { "Min" } }

extension Op.LinearCombination: ONNXExportable {
  func export(_ node: ExportContext) throws(ExportError) -> Exported {
    let (names, isChannelsFirst) = try node.aligned()
    let terms = zip(names, factors).map { node.emit("Mul", $0, node.number($1)) }
    return Exported(node.emit("Sum", terms, attributes: [:])[0], isChannelsFirst: isChannelsFirst)
  }
}

extension Op.MatrixProduct: ONNXExportable {
  func export(_ node: ExportContext) -> Exported {
    if node.shape.rank == 2 {
      var inputs = [node.plain(0), node.plain(1)]
      if let bias = node.takeBias() { inputs.append(bias) }
      let attributes: [String: ONNXAttribute] = [
        "transA": .integer(transposesA ? 1 : 0), "transB": .integer(transposesB ? 1 : 0),
      ]
      return Exported(node.emit("Gemm", inputs, attributes: attributes)[0])
    }
    func operand(_ input: Int, _ isTransposed: Bool) -> String {
      let rank = node.shape(of: input).rank
      guard isTransposed else { return node.plain(input) }
      return node.transposed(node.plain(input), Array(0..<(rank - 2)) + [rank - 1, rank - 2])
    }
    return Exported(node.emit("MatMul", operand(0, transposesA), operand(1, transposesB)))
  }
}

extension Op.Lookup: ONNXExportable {
  func export(_ node: ExportContext) -> Exported { Exported(node.emit("Gather", node.plain(0), node.plain(1))) }
}

extension Op.OneHot: ONNXExportable {
  func export(_ node: ExportContext) -> Exported {
    let values = node.numbers("values", Tensor([0, 1] as [Float], shape: [2]))
    return Exported(node.emit("OneHot", node.plain(0), node.integer(classes), values))
  }
}
