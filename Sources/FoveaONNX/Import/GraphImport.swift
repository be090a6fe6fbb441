import FoveaCore
import FoveaFormats
import FoveaGraph

/// Makes an ONNX graph part of one of ours, node by node.
///
/// What does not depend on the data, such as the sizes that a reshape is given, is computed here and now.
final class GraphImport {
  let builder: GraphBuilder
  private let source: ONNXGraph
  private let names: ONNXNames
  /// The initializers that are numbers of the graph, not parameters.
  private let constants: Set<String>
  /// How many examples the file is made for, if it says so, and how many there are.
  let batch: (declared: Int, present: Int)?

  private var values: [String: LaidOut] = [:]
  private var folded: [String: ONNXTensor] = [:]
  /// Results of nodes in which a mistake was found.
  private var broken: Set<String> = []
  /// The elements of all numbers that were computed here.
  private var computed = 0
  /// Results that are not made, by the operators that would give them.
  private var missing: [String: String] = [:]
  /// Numbers that the caller knows of inputs.
  private var given: [String: ONNXTensor] = [:]
  /// The initializers whose numbers were asked for.
  private(set) var asked: Set<String> = []

  /// What nodes ask for that is not read here; operators that are not read at all are left out.
  private(set) var refused: [(what: String, node: ONNXNode)] = []

  /// The layer in which the graph is imported.
  private let root: String

  var opset: Int { source.opset }

  init(
    _ source: ONNXGraph, names: ONNXNames, constants: Set<String> = [], batch: (declared: Int, present: Int)? = nil,
    builder: GraphBuilder
  ) {
    (self.source, self.names, self.constants) = (source, names, constants)
    (self.batch, self.builder, root) = (batch, builder, builder.path)
  }

  /// Gives the graph its input `name`.
  func set(_ name: String, to value: LaidOut, known: ONNXTensor? = nil) {
    values[name] = value
    given[name] = known
  }

  /// Gives the graph an input of numbers that are known now: whole ones, or none.
  func set(_ name: String, known: ONNXTensor) { folded[name] = known }

  /// Imports every node. Mistakes go to the builder, each with the node's name.
  func run() {
    for (node, layer) in zip(source.nodes, names.layers) { run(node, layer: layer) }
  }

  private func run(_ node: ONNXNode, layer: String?) {
    do throws(ImportError) {
      if try fold(node) { return }
      guard node.inputs.allSatisfy({ !broken.contains($0) }) else { throw .reported }
      if node.type == "If", node.domain.isEmpty { return try takeBranch(of: node) }
    } catch { return report(error, in: node, layer: layer) }
    importNode(node, layer: layer)
  }

  private func report(_ error: ImportError, in node: ONNXNode, layer: String?) {
    broken.formUnion(node.outputs)
    note(error, of: node)
    guard case .mistake(let mistake, _) = error else { return }
    _ = builder.layer(named: layer, defaultName: node.type.lowercased(), kind: node.type, input: anyValue) {
      builder.fail(mistake, shape: [])
    }
  }

  private func note(_ error: ImportError, of node: ONNXNode) {
    guard case .mistake(_, let unread?) = error, ONNXOperators.isRead(node.operatorName) else { return }
    refused.append((unread, node))
  }

  /// Imports the branch of an `If` that is taken: exporters ask so for shapes, which are known here.
  private func takeBranch(of node: ONNXNode) throws(ImportError) {
    guard let condition = node.inputs.first.flatMap(known), condition.isInteger, condition.shape.count == 1 else {
      throw .unsupported("If on a condition that depends on the data")
    }
    let name = condition.integers[0] != 0 ? "then_branch" : "else_branch"
    guard case .branch(let branch)? = node.attributes[name] else {
      throw .unsupported("If with weights of its own in its \(name), or without one,")
    }
    guard branch.outputs.count >= node.outputs.count else {
      throw ImportError(
        "its \(name) gives \(branch.outputs.count) results, not \(node.outputs.count)",
        fix: "check the file with onnx.checker")
    }
    for inner in branch.nodes { run(inner, layer: nil) }
    for (output, result) in zip(node.outputs, branch.outputs) where !output.isEmpty {
      if let known = folded[result] {
        folded[output] = known
      } else {
        values[output] = try value(result)
      }
    }
    // Another branch may have the same names for something else.
    for name in branch.nodes.flatMap(\.outputs) where !node.outputs.contains(name) {
      (values[name], folded[name], missing[name]) = (nil, nil, nil)
      broken.remove(name)
    }
  }

  /// For what needs a value that stands for the builder.
  private var anyValue: Value { values.values.first?.value ?? builder.constant(Tensor(0)) }

  private func importNode(_ node: ONNXNode, layer: String?) {
    guard let make = ONNXOperators.all[node.operatorName] else {
      return report(.unsupported("the operator \(node.operatorName)"), in: node, layer: layer)
    }
    let context = NodeContext(node: node, graph: self)
    let input = node.inputs.lazy.compactMap { self.values[$0]?.value }.first ?? anyValue
    var outputs: [LaidOut] = []
    var mistake: ImportError?
    _ = builder.layer(named: layer, defaultName: node.type.lowercased(), kind: node.type, input: input) {
      do throws(ImportError) {
        outputs = try make(context)
        for output in outputs { _ = try context.checked(output.value) }
        return outputs.first?.value ?? input
      } catch {
        mistake = error
        note(error, of: node)
        guard case .mistake(let shapeError, _) = error else { return builder.invalid }
        return builder.fail(shapeError, shape: [])
      }
    }
    guard mistake == nil else {
      broken.formUnion(node.outputs)
      return
    }
    let inherited = kind(of: node.inputs.dropFirst(ONNXOperators.meaningfulInput[node.operatorName] ?? 0).first ?? "")
    for (name, output) in zip(node.outputs, outputs) where !name.isEmpty {
      values[name] = output.meaning(output.kind ?? inherited)
    }
    for name in node.outputs.dropFirst(outputs.count) where !name.isEmpty { missing[name] = node.type }
  }

  // MARK: Values

  func value(_ name: String, isTrainable: Bool = true) throws(ImportError) -> LaidOut {
    if let value = values[name] { return value }
    if broken.contains(name) { throw .reported }
    if let type = missing[name] { throw .unsupported("'\(name)', a result of \(type) besides the first,") }
    let value: Value
    if let known = folded[name] {
      value = try makeConstant(known, name)
    } else if let initializer = source.initializers[name] {
      if isParameter(name) {
        guard initializer.shape.dimensions.allSatisfy({ $0 > 0 }) else {
          throw ImportError("'\(name)' has the shape \(initializer.shape)", fix: "leave out what has no elements")
        }
        value = builder.parameter(
          at: (root.isEmpty ? "" : root + ".") + names.parameters[name]!, shape: initializer.shape, .zeros,
          isTrainable: isTrainable)
      } else {
        value = try makeConstant(initializer, name)
      }
    } else {
      throw ImportError("it reads '\(name)', which no node before it gives", fix: "check the file with onnx.checker")
    }
    guard value.isValid else { throw .reported }
    values[name] = LaidOut(value).meaning(kind(of: name))
    return values[name]!
  }

  /// What the numbers of a tensor mean.
  func kind(of name: String) -> NumberKind {
    if let value = values[name] { return value.kind ?? (value.value.elementType == .int32 ? .whole : .real) }
    return type(of: name).map { NumberKind($0) } ?? .real
  }

  /// What the file says that the elements of a tensor are, if it does.
  func type(of name: String) -> ONNXType? {
    folded[name]?.type ?? source.initializers[name]?.type ?? source.inputs.first { $0.name == name }?.type
  }

  func isParameter(_ name: String) -> Bool {
    guard let initializer = source.initializers[name] else { return false }
    return !initializer.isInteger && !constants.contains(name)
  }

  private func makeConstant(_ known: ONNXTensor, _ name: String) throws(ImportError) -> Value {
    guard known.shape.count > 0 else { throw .unsupported("'\(name)', \(known.shape), which has no elements,") }
    guard let tensor = known.tensor, tensor.shape.dimensions.allSatisfy({ $0 > 0 }) else {
      throw ImportError(
        "'\(name)', \(known.shape) of \(known.type), is no tensor to compute with", fix: "use float32 or int32 numbers")
    }
    return builder.constant(tensor)
  }

  /// The result `name` of the graph.
  func output(_ name: String) -> LaidOut? {
    do throws(ImportError) { return try value(name) } catch {
      if case .mistake(let mistake, _) = error { _ = builder.fail(mistake, shape: []) }
      return nil
    }
  }

  // MARK: What is known now

  /// The numbers of a tensor; `nil` if they depend on the data.
  func known(_ name: String) -> ONNXTensor? {
    if let known = folded[name] { return known }
    if let initializer = source.initializers[name], initializer.isHere {
      asked.insert(name)
      return initializer
    }
    return given[name]
  }

  /// The numbers of what was computed here and now, if `name` was; not those of initializers, which may be parameters.
  func constant(_ name: String) -> ONNXTensor? { folded[name] ?? (constants.contains(name) ? known(name) : nil) }

  /// Whether the node was computed here and now.
  private func fold(_ node: ONNXNode) throws(ImportError) -> Bool {
    guard node.domain.isEmpty, node.outputs.count == 1, let output = node.outputs.first else { return false }
    if node.type == "Shape" || node.type == "Size" {
      guard let name = node.inputs.first, !broken.contains(name) else { return false }
      if let shape = folded[name]?.shape ?? source.initializers[name]?.shape {
        folded[output] = try Folding.shape(node, of: shape)
      } else {
        folded[output] = try Folding.shape(node, of: try value(name).shape)
      }
      return true
    }
    if node.type == "CastLike", let known = node.inputs.first.flatMap({ folded[$0] }) {
      folded[output] = try Folding.cast(known, to: ONNXOperators.likeness(NodeContext(node: node, graph: self)))
      return true
    }
    guard let fold = Folding.all[node.type] else { return false }
    // Numbers that hang on a shape or are whole; a lone float beside them counts with them.
    let isCertain = node.inputs.contains { folded[$0] != nil || source.initializers[$0]?.isInteger == true }
    guard node.inputs.isEmpty || isCertain else { return false }
    var inputs: [ONNXTensor?] = []
    for name in node.inputs {
      if name.isEmpty {
        inputs.append(nil)
      } else if let known = folded[name] {
        inputs.append(known)
      } else if let initializer = source.initializers[name], initializer.isHere,
        initializer.isInteger || initializer.shape.count == 1
      {
        if !initializer.isInteger { asked.insert(name) }
        inputs.append(initializer)
      } else {
        return false
      }
    }
    guard let result = try fold(NodeContext(node: node, graph: self), inputs) else { return false }
    if node.type != "Constant" { computed += result.shape.count }
    guard computed <= 16 * Folding.most else {
      throw ImportError("more constants than a network needs", fix: "simplify the file, for instance with onnxsim")
    }
    folded[output] = result
    return true
  }
}
