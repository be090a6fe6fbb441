import FoveaCore
import FoveaFormats
import FoveaGraph

/// A node with what it reads, as the operators see it.
struct NodeContext {
  let node: ONNXNode
  let graph: GraphImport
  /// The inputs of an operator that another one is made of; else they are looked up by name.
  private var values: [LaidOut]?

  init(node: ONNXNode, graph: GraphImport) { (self.node, self.graph) = (node, graph) }

  var opset: Int { graph.opset }
  var builder: GraphBuilder { graph.builder }
  var isTraining: Bool { graph.builder.isTraining }

  /// The results of another operator on `values`.
  ///
  /// - Parameter attributes: all that it has; by default this node's.
  func results(
    of type: String, on values: [LaidOut], attributes: [String: ONNXAttribute]? = nil
  ) throws(ImportError) -> [LaidOut] {
    let inner = ONNXNode(
      name: node.name, type: type, inputs: values.indices.map { "\(node.outputs.first ?? "") input \($0)" },
      outputs: Array(node.outputs.prefix(1)), attributes: attributes ?? node.attributes)
    var context = NodeContext(node: inner, graph: graph)
    context.values = values
    guard let make = ONNXOperators.all[type] else { throw .unsupported("the operator \(type)") }
    return try make(context)
  }

  // MARK: Attributes

  func integer(_ name: String, _ standard: Int) throws(ImportError) -> Int {
    switch node.attributes[name] {
    case .integer(let integer)?: return integer
    case nil: return standard
    default: throw wrongAttribute(name, "an integer")
    }
  }

  func integers(_ name: String) throws(ImportError) -> [Int]? {
    switch node.attributes[name] {
    case .integers(let integers)?: return integers
    case .other?, nil: return nil
    default: throw wrongAttribute(name, "a list of integers")
    }
  }

  func float(_ name: String, _ standard: Float) throws(ImportError) -> Float {
    switch node.attributes[name] {
    case .float(let float)?: return float
    case .integer(let integer)?: return Float(integer)
    case nil: return standard
    default: throw wrongAttribute(name, "a number")
    }
  }

  func floats(_ name: String) throws(ImportError) -> [Float]? {
    switch node.attributes[name] {
    case .floats(let floats)?: return floats
    case .other?, nil: return nil
    default: throw wrongAttribute(name, "a list of numbers")
    }
  }

  func text(_ name: String, _ standard: String) throws(ImportError) -> String {
    switch node.attributes[name] {
    case .text(let text)?: return text
    case nil: return standard
    default: throw wrongAttribute(name, "a text")
    }
  }

  private func wrongAttribute(_ name: String, _ wanted: String) -> ImportError {
    ImportError("the attribute \(name) is not \(wanted)", fix: "check the file with onnx.checker")
  }

  // MARK: Inputs

  var inputCount: Int { node.inputs.count }

  func has(_ index: Int) -> Bool { index < node.inputs.count && !node.inputs[index].isEmpty }

  /// Whether the node's output is read, or could be.
  func gives(_ index: Int) -> Bool { index < node.outputs.count && !node.outputs[index].isEmpty }

  func input(_ index: Int) throws(ImportError) -> LaidOut {
    guard has(index) else {
      throw ImportError("\(node.type) lacks its input \(index + 1)", fix: "check the file with onnx.checker")
    }
    if let values { return values[index] }
    let value = try graph.value(node.inputs[index])
    guard value.value.elementType == .int32, !ONNXOperators.takingIntegers.contains(node.type) else { return value }
    return value.with(try apply(Op.Convert.toFloat, value.value)).meaning(.whole)
  }

  /// What the numbers of an input mean.
  func kind(_ index: Int) -> NumberKind { has(index) ? graph.kind(of: node.inputs[index]) : .real }

  /// All inputs, for operators that take any number.
  ///
  /// - Parameter isWanted: says of what is known now, and is no parameter, whether it counts.
  func inputs(where isWanted: (ONNXTensor) -> Bool = { _ in true }) throws(ImportError) -> [LaidOut] {
    var result: [LaidOut] = []
    for index in 0..<inputCount {
      if values == nil, has(index), let known = graph.constant(node.inputs[index]), !isWanted(known) { continue }
      result.append(try input(index))
    }
    guard !result.isEmpty else {
      throw ImportError("\(node.type) has no inputs with elements", fix: "check the file with onnx.checker")
    }
    return result
  }

  /// Numbers of an input that is known now: a constant, or computed from shapes.
  func known(_ index: Int) throws(ImportError) -> ONNXTensor {
    guard let known = knownIfAny(index) else {
      throw ImportError(
        "its input '\(has(index) ? node.inputs[index] : "\(index + 1)")' depends on the data, and must be known before",
        fix: "export the model with fixed sizes")
    }
    return known
  }

  /// `nil` if it depends on the data, or is left out.
  func knownIfAny(_ index: Int) -> ONNXTensor? { has(index) ? graph.known(node.inputs[index]) : nil }

  /// A list of integers that newer operators take as an input and older ones as an attribute; `nil` if left out.
  func integers(_ name: String, orInput index: Int) throws(ImportError) -> [Int]? {
    if let integers = try integers(name) { return integers }
    return has(index) ? try known(index).integers : nil
  }

  /// A running average, which training does not move.
  func untrained(_ index: Int) throws(ImportError) -> LaidOut {
    guard has(index) else { return try input(index) }
    return try graph.value(node.inputs[index], isTrainable: false)
  }

  // MARK: What is made of them

  /// `operation` on values.
  func apply(_ operation: some Operation, _ values: Value...) throws(ImportError) -> Value {
    try checked(builder.apply(operation, to: values))
  }

  /// `value`, unless it came of a mistake.
  func checked(_ value: Value) throws(ImportError) -> Value {
    guard value.isValid else { throw .reported }
    return value
  }

  /// An axis that may be counted from the end.
  func axis(_ axis: Int, rank: Int) throws(ImportError) -> Int {
    let result = axis < 0 ? axis + rank : axis
    guard (0..<rank).contains(result) else {
      throw ImportError("axis \(axis) of \(rank) axes", fix: "use an axis below \(rank)")
    }
    return result
  }

  /// Axes that may be counted from the end, each once.
  func axes(_ axes: [Int], rank: Int) throws(ImportError) -> [Int] {
    var result: [Int] = []
    for axis in axes { result.append(try self.axis(axis, rank: rank)) }
    guard Set(result).count == result.count else {
      throw ImportError("an axis appears twice in \(axes)", fix: "name every axis once")
    }
    return result
  }

  /// A new order of bytes or another size is nothing: the same elements under another shape.
  func reshape(_ value: Value, to shape: Shape) throws(ImportError) -> Value {
    guard shape.dimensions.allSatisfy({ $0 > 0 }) else {
      throw ImportError("a tensor of \(shape) has no elements", fix: "use sizes of at least 1")
    }
    return try checked(value.reshaped(to: shape))
  }

  func transpose(_ value: Value, _ order: [Int]) throws(ImportError) -> Value {
    order == Array(order.indices) ? value : try apply(Op.Transpose(order), value)
  }
}
