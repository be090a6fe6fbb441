package import FoveaCore
package import FoveaFormats
package import FoveaGraph

/// Makes an ONNX graph of one of ours, operators of version 17.
///
/// Images are N×C×spatial… there. A value stays as an operator gives it until another one asks for the other order, so
/// that no transposes stand between convolutions. Which sizes are the batch's, two graphs of the model tell: those for
/// other batches.
package final class GraphExport {
  let graph: Graph
  /// The same for another batch size, node by node.
  let other: Graph
  private let parameters: [String: Tensor]
  private let users: [[Graph.NodeID]]
  /// For each node, which of its sizes are those of the batch.
  private let isBatch: [[Bool]]

  private(set) var result = ONNXGraph(opset: 17)
  private var values: [Graph.NodeID: Exported] = [:]
  /// Additions that became the bias of the node before them.
  private var absorbed: [Graph.NodeID: Graph.NodeID] = [:]
  private var names = Set<String>()
  private var numbers: [String: Int] = [:]
  /// Values in the other order of axes, and initializers in another arrangement, that were made already.
  private var made: [String: String] = [:]

  private init(_ graph: Graph, beside other: Graph, parameters: [String: Tensor]) {
    (self.graph, self.other, self.parameters, users) = (graph, other, parameters, graph.users)
    isBatch = zip(graph.nodes, other.nodes).map { zip($0.shape.dimensions, $1.shape.dimensions).map { $0 != $1 } }
  }

  /// - Parameters:
  ///   - graph: of a model, for inference.
  ///   - other: the same for another batch size.
  ///   - parameters: by path.
  ///   - path: of the file to come, for errors.
  /// - Errors: every operation that ONNX has no operators for, with its layers.
  package static func graph(
    of graph: Graph, beside other: Graph, parameters: [String: Tensor], path: String
  ) throws(FormatError) -> ONNXGraph {
    guard graph.nodes.count == other.nodes.count else {
      throw FormatError(.unsupported, path, "the model's layers depend on the size of the batch")
    }
    let export = GraphExport(graph, beside: other, parameters: parameters)
    var missing: [String: [String]] = [:]
    for id in graph.nodes.indices {
      do throws(ExportError) { try export.add(id) } catch {
        missing[error.what, default: []].append(graph.nodes[id].path)
        export.values[id] = Exported("?")
      }
    }
    guard missing.isEmpty else {
      let list = missing.sorted { $0.key < $1.key }.map { what, paths in
        "\(what) (\(paths.prefix(4).joined(separator: ", "))\(paths.count > 4 ? " and \(paths.count - 4) more" : ""))"
      }
      throw FormatError(
        .unsupported, path, "ONNX's operators of version 17 cannot say this: \(list.joined(separator: "; "))")
    }
    export.addPorts()
    export.removeUnused()
    return export.result
  }

  /// Drops what no output needs: parts of what an operator takes whole.
  private func removeUnused() {
    var needed = Set(result.outputs.map(\.name))
    var kept: [ONNXNode] = []
    for node in result.nodes.reversed() where node.outputs.contains(where: needed.contains) {
      needed.formUnion(node.inputs)
      kept.append(node)
    }
    result.nodes = kept.reversed()
    result.initializers = result.initializers.filter { needed.contains($0.key) }
  }

  /// Whether there are operators for what the operation computes, at least for some of its attributes.
  package static func canWrite(_ operation: any Operation.Type) -> Bool { operation is any ONNXExportable.Type }

  private func add(_ id: Graph.NodeID) throws(ExportError) {
    if let before = absorbed[id] {
      values[id] = values[before]
      return
    }
    let node = graph.nodes[id]
    if node.operation is Op.Parameter || node.operation is Op.Constant { return }  // added when they are read
    if let input = node.operation as? Op.Input {
      _ = unique(input.name)
      values[id] = Exported(input.name, isChannelsFirst: node.shape.rank >= 3)
      return
    }
    guard let operation = node.operation as? any ONNXExportable else {
      throw ExportError(what: node.operation.label)
    }
    try checkBatch(id)
    values[id] = try operation.export(ExportContext(export: self, id: id))
  }

  /// - Errors: attributes or constants that are those of one size of the batch, where the operation does not compute them
  ///   in the file.
  private func checkBatch(_ id: Graph.NodeID) throws(ExportError) {
    let node = graph.nodes[id]
    func isAlike(_ id: Graph.NodeID) -> Bool {
      let (here, there) = (graph.nodes[id].operation, other.nodes[id].operation)
      if let here = here as? Op.SparseMap, let there = there as? Op.SparseMap, here.picksAlike(there) { return true }
      return here.isEqual(to: there)
    }
    guard isAlike(id) || node.operation is any SizedByBatch else {
      throw ExportError(what: "\(node.operation.label) that depends on the size of the batch")
    }
    guard node.inputs.allSatisfy({ !(graph.nodes[$0].operation is Op.Constant) || isAlike($0) }) else {
      throw ExportError(what: "\(node.operation.label) with numbers that depend on the size of the batch")
    }
  }

  private func addPorts() {
    for id in graph.nodes.indices {
      guard let input = graph.nodes[id].operation as? Op.Input else { continue }
      let type = input.elementType.isFloatingPoint ? ONNXType.float32 : .int32
      result.inputs.append(ONNXPort(name: input.name, type: type, dimensions: portSizes(id)))
    }
    for output in graph.outputs {
      let name = graph.nodes[output.node].shape.rank >= 3 ? channelsFirst(output.node) : plain(output.node)
      if let index = result.nodes.firstIndex(where: { $0.outputs.contains(name) }), !names.contains(output.name) {
        for node in result.nodes.indices {
          result.nodes[node].inputs = result.nodes[node].inputs.map { $0 == name ? output.name : $0 }
        }
        result.nodes[index].outputs = result.nodes[index].outputs.map { $0 == name ? output.name : $0 }
      } else {
        result.nodes.append(ONNXNode(name: output.name, type: "Identity", inputs: [name], outputs: [output.name]))
      }
      result.outputs.append(ONNXPort(name: output.name, type: .float32, dimensions: portSizes(output.node)))
    }
  }

  /// As in the file; `nil` for the batch.
  private func portSizes(_ id: Graph.NodeID) -> [Int?] {
    var sizes = sizes(id)
    if sizes.count >= 3 { sizes.insert(sizes.removeLast(), at: 1) }
    return sizes
  }

  /// As in our graph; `nil` for the batch.
  func sizes(_ id: Graph.NodeID) -> [Int?] {
    zip(graph.nodes[id].shape.dimensions, isBatch[id]).map { $1 ? nil : $0 }
  }

  /// The number of examples, as a list of one number; `nil` if no input tells it.
  func batchSize() -> (name: String, sizes: (Int, Int))? {
    let input = graph.nodes.indices.first { graph.nodes[$0].operation is Op.Input && isBatch[$0].first == true }
    guard let input, let name = values[input]?.name else { return nil }
    let key = "size of \(name)"
    let attributes: [String: ONNXAttribute] = ["start": .integer(0), "end": .integer(1)]
    let size = made[key] ?? emit("Shape", [name], attributes, path: "batch", outputs: 1)[0]
    made[key] = size
    return (size, (graph.nodes[input].shape[0], other.nodes[input].shape[0]))
  }

  // MARK: Names and nodes

  private func unique(_ name: String) -> String {
    var candidate = name.isEmpty ? "value" : name
    while !names.insert(candidate).inserted {
      numbers[name, default: 1] += 1
      candidate = "\(name)_\(numbers[name]!)"
    }
    return candidate
  }

  /// Adds an operator, and returns the names of its results.
  func emit(
    _ type: String, _ inputs: [String], _ attributes: [String: ONNXAttribute], path: String, outputs: Int
  ) -> [String] {
    var inputs = inputs
    while inputs.last == "" { inputs.removeLast() }
    let name = unique(path.isEmpty ? type.lowercased() : "\(path).\(type.lowercased())")
    let results = [name] + (1..<outputs).map { unique("\(name).\($0)") }
    result.nodes.append(ONNXNode(name: name, type: type, inputs: inputs, outputs: results, attributes: attributes))
    return results
  }

  /// Adds a tensor of the file, once for each `key`.
  ///
  /// - Parameter name: what it is called, if that is free; the key by default.
  func initializer(_ key: String, named name: String? = nil, _ tensor: () -> ONNXTensor) -> String {
    if let name = made[key] { return name }
    let name = unique(name ?? key)
    result.initializers[name] = tensor()
    made[key] = name
    return name
  }

  // MARK: Values

  /// The numbers of a node that holds a parameter or a constant.
  func tensor(_ id: Graph.NodeID) -> (name: String, tensor: Tensor)? {
    switch graph.nodes[id].operation {
    case let parameter as Op.Parameter: parameters[parameter.path].map { (parameter.path, $0) }
    case let constant as Op.Constant: ("constant\(id)", constant.tensor)
    default: nil
    }
  }

  func value(_ id: Graph.NodeID) -> Exported {
    if let value = values[id] { return value }
    guard let (name, tensor) = tensor(id) else { preconditionFailure("a node is read before it is exported") }
    let value = Exported(initializer(name) { ONNXTensor(tensor) })
    values[id] = value
    return value
  }

  /// The value in our order of axes.
  func plain(_ id: Graph.NodeID) -> String {
    let value = value(id)
    guard value.isChannelsFirst else { return value.name }
    let rank = graph.nodes[id].shape.rank
    return transposed(value.name, [0] + (2..<rank) + [1], path: graph.nodes[id].path)
  }

  /// The value, of rank 3 or more, in ONNX's order of axes.
  func channelsFirst(_ id: Graph.NodeID) -> String {
    let (value, rank) = (value(id), graph.nodes[id].shape.rank)
    guard !value.isChannelsFirst else { return value.name }
    let order = [0, rank - 1] + (1..<(rank - 1))
    if let (name, tensor) = tensor(id) {
      return initializer("\(name).nchw") { ONNXTensor(tensor.permuted(order)) }
    }
    return transposed(value.name, order, path: graph.nodes[id].path)
  }

  func transposed(_ name: String, _ order: [Int], path: String) -> String {
    guard order != Array(order.indices) else { return name }
    let key = "\(name) \(order)"
    if let other = made[key] { return other }
    let other = emit("Transpose", [name], ["perm": .integers(order)], path: path, outputs: 1)[0]
    made[key] = other
    return other
  }

  /// A vector that the only reader of `id` adds to its channels, which is then not added any more.
  func takeBias(of id: Graph.NodeID) -> String? {
    guard users[id].count == 1, !graph.outputs.contains(where: { $0.node == id }) else { return nil }
    let (reader, channels) = (users[id][0], graph.nodes[id].shape.channels)
    let sum = graph.nodes[reader]
    guard sum.operation is Op.Add, let bias = sum.inputs.first(where: { $0 != id }),
      graph.nodes[bias].shape == [channels], graph.nodes[bias].operation is Op.Parameter
    else { return nil }
    absorbed[reader] = id
    return plain(bias)
  }
}

/// A value of our graph in an ONNX graph.
struct Exported {
  var name: String
  /// Whether an image of ours, N×spatial…×C, is N×C×spatial… there.
  var isChannelsFirst: Bool

  init(_ name: String, isChannelsFirst: Bool = false) { (self.name, self.isChannelsFirst) = (name, isChannelsFirst) }
}

/// What ONNX cannot say, in words.
struct ExportError: Error {
  let what: String
}

extension Op.SparseMap {
  /// Whether both pick the same places, be they of more or of fewer.
  fileprivate func picksAlike(_ other: Self) -> Bool {
    axis == other.axis && matrices.count == other.matrices.count
      && zip(matrices, other.matrices).allSatisfy { $0.picked != nil && $0.picked == $1.picked }
  }
}

/// An operation some of whose attributes are sizes of the batch, which its export computes in the file.
protocol SizedByBatch: ONNXExportable {}

extension Op.Slice: SizedByBatch {}
extension Op.Reshape: SizedByBatch {}
extension Op.Broadcast: SizedByBatch {}
extension Op.ConvolutionInputGradient: SizedByBatch {}

/// An operation that ONNX has operators for.
protocol ONNXExportable: Operation {
  /// Adds its operators.
  func export(_ node: ExportContext) throws(ExportError) -> Exported
}

extension ONNXTensor {
  init(_ tensor: Tensor) {
    if tensor.elementType == .int32 {
      self.init(
        shape: tensor.shape, type: .int64, content: .integers(tensor.array(of: Int32.self).map { Int($0) }))
    } else {
      self.init(shape: tensor.shape, type: .float32, content: .floats(tensor))
    }
  }
}
