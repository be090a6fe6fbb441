import FoveaCore
public import FoveaGraph

/// Removes moves of elements that cancel out: a transpose of a transpose, a transpose before a matrix product that can
/// read its input transposed, a reshape of a reshape, and moves that leave everything where it was.
public struct TransposeRemoval: Pass {
  public init() {}

  public func run(on graph: inout Graph) {
    graph.rewrite { graph, node, _ in
      switch node.operation {
      case let transpose as Op.Transpose: Self.simplify(transpose, node, &graph)
      case is Op.Reshape: Self.simplifyReshape(node, &graph)
      case let product as Op.MatrixProduct: Self.simplify(product, node, &graph)
      // These keep their input's shape only if they do nothing.
      case is Op.Slice, is Op.Pad, is Op.Concatenate, is Op.Broadcast:
        graph.nodes[node.inputs[0]].shape == node.shape ? node.inputs[0] : nil
      default: nil
      }
    }
  }

  /// Axis i of the result is axis `order[i]` of its input, which is axis `first.order[order[i]]` of that one's input.
  private static func simplify(
    _ transpose: Op.Transpose, _ node: Graph.Node, _ graph: inout Graph.Rewriting
  ) -> Graph.NodeID? {
    var (order, source) = (transpose.order, node.inputs[0])
    if let first = graph.nodes[source].operation as? Op.Transpose {
      order = order.map { first.order[$0] }
      source = graph.nodes[source].inputs[0]
    }
    if order == Array(order.indices) { return source }
    return source == node.inputs[0] ? nil : graph.add(Op.Transpose(order), source, path: node.path)
  }

  private static func simplifyReshape(_ node: Graph.Node, _ graph: inout Graph.Rewriting) -> Graph.NodeID? {
    var source = node.inputs[0]
    if graph.nodes[source].operation is Op.Reshape { source = graph.nodes[source].inputs[0] }
    if graph.nodes[source].shape == node.shape { return source }
    return source == node.inputs[0] ? nil : graph.add(Op.Reshape(to: node.shape), source, path: node.path)
  }

  private static func simplify(
    _ product: Op.MatrixProduct, _ node: Graph.Node, _ graph: inout Graph.Rewriting
  ) -> Graph.NodeID? {
    let (a, b) = (node.inputs[0], node.inputs[1])
    // What the product can do itself: the last two axes exchanged, the leading ones left alone.
    let rank = node.shape.rank
    let exchange = Op.Transpose(Array(0..<(rank - 2)) + [rank - 1, rank - 2])
    func source(_ input: Graph.NodeID) -> Graph.NodeID? {
      (graph.nodes[input].operation as? Op.Transpose) == exchange ? graph.nodes[input].inputs[0] : nil
    }
    let (sourceA, sourceB) = (source(a), source(b))
    guard sourceA != nil || sourceB != nil else { return nil }
    let simplified = Op.MatrixProduct(
      transposesA: product.transposesA != (sourceA != nil), transposesB: product.transposesB != (sourceB != nil))
    return graph.add(simplified, sourceA ?? a, sourceB ?? b, path: node.path)
  }
}
