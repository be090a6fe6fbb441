import FoveaCore
package import FoveaGraph

/// The results of the parts of a batch, one after the other: all that comes before it runs once for each part.
///
/// - Shapes: `P×…` → `(parts · P)×…`.
struct JoinParts: NotDifferentiable {
  static let name = "join_parts"
  let parts: Int

  func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
    Shape([parts * inputs[0][0]] + inputs[0].dimensions.dropFirst())
  }
}

extension Graph {
  /// For each node, how often it runs for a batch.
  var runsOfNodes: [Int] {
    var runs = [Int](repeating: 1, count: nodes.count)
    for node in nodes {
      guard let join = node.operation as? JoinParts else { continue }
      for (id, isBefore) in ancestors(of: node.inputs).enumerated() where isBefore { runs[id] = join.parts }
    }
    return runs
  }

  /// This graph, with all up to the result of `cut` done for one part of the batch after the other.
  ///
  /// - Parameters:
  ///   - cut: a node on every way from the input to the outputs.
  ///   - part: the same graph for a part of the batch.
  /// - Returns: `nil` if `part` is not the same graph but for the batch, or where no cut is.
  package func joining(_ part: Graph, at cut: NodeID) -> Graph? {
    guard part.nodes.count == nodes.count, updates.isEmpty, part.outputs.map(\.node) == outputs.map(\.node) else {
      return nil
    }
    let (isFront, isStatic) = (ancestors(of: [cut]), isStatic)
    /// Whether a node computes the same for a part as for the whole.
    var isSame: [Bool] = []
    for (id, (whole, part)) in zip(nodes, part.nodes).enumerated() {
      guard part.inputs == whole.inputs, part.elementType == whole.elementType, part.path == whole.path,
        type(of: part.operation).name == type(of: whole.operation).name
      else { return nil }
      isSame.append(
        part.shape == whole.shape && part.operation.isEqual(to: whole.operation)
          && whole.inputs.allSatisfy { isSame[$0] })
      // What both sides read has to be one thing.
      let shared = isFront[id] ? [] : whole.inputs.filter { isFront[$0] && $0 != cut }
      guard shared.allSatisfy({ isStatic[$0] && isSame[$0] }) else { return nil }
    }
    let (shape, whole) = (part.nodes[cut].shape, nodes[cut].shape)
    guard whole.rank > 0, whole.dimensions.dropFirst() == shape.dimensions.dropFirst(),
      whole[0].isMultiple(of: shape[0]), outputs.allSatisfy({ !isFront[$0.node] })
    else { return nil }
    let join = JoinParts(parts: whole[0] / shape[0])
    // The input is divided as the result is, and read by nobody else.
    for id in nodes.indices where nodes[id].operation is Op.Input {
      guard isFront[id], nodes[id].shape.count == join.parts * part.nodes[id].shape.count else { return nil }
    }
    var joined = Graph()
    for (id, node) in nodes.enumerated() {
      var node = isFront[id] ? part.nodes[id] : node
      if !isFront[id] { node.inputs = node.inputs.map { $0 < cut ? $0 : $0 + 1 } }
      joined.nodes.append(node)
      guard id == cut else { continue }
      joined.nodes.append(Node(join, inputs: [cut], shape: whole, elementType: node.elementType, path: node.path))
    }
    joined.outputs = outputs.map { Output(name: $0.name, node: $0.node < cut ? $0.node : $0.node + 1) }
    return joined
  }
}
