public import FoveaGraph

/// Lets the gradients of batch normalisation find out for themselves where the rectifier behind it let numbers through, by
/// normalising what they read anyhow: the rectifier's gradient is neither written nor read again.
///
/// Holds where no other node reads it.
public struct FuseRectifierGradient: Pass {
  public init() {}

  public func run(on graph: inout Graph) {
    let original = graph
    let (users, fused) = (graph.users, graph.nodes.indices.map(graph.rectifying))
    graph.rewrite { graph, node, id in
      guard let (operation, inputs) = fused[id],
        users[original.nodes[id].inputs[0]].allSatisfy({ fused[$0] != nil })
      else { return nil }
      var node = node
      (node.operation, node.inputs) = (operation, inputs.map { graph.position[$0] })
      return graph.add(node)
    }
  }
}

extension Graph {
  /// For a gradient of batch normalisation that reads the gradient of a rectifier behind the same normalisation: the one that
  /// needs it no more, and what that reads. `nil` for any other node.
  fileprivate func rectifying(_ id: NodeID) -> (operation: any Operation, inputs: [NodeID])? {
    let node = nodes[id]
    guard let upstream = node.inputs.first, nodes[upstream].operation is Op.ReLUGradient else { return nil }
    let (g, y) = (nodes[upstream].inputs[0], nodes[nodes[upstream].inputs[1]])
    guard y.operation is Op.ReLU else { return nil }
    let normalization = nodes[y.inputs[0]]
    guard let epsilon = (normalization.operation as? Op.BatchNormalize)?.epsilon,
      node.inputs.count > 2, node.inputs[1...2] == normalization.inputs[0...1]
    else { return nil }
    let (x, moments) = (node.inputs[1], node.inputs[2])
    let (scale, bias) = (normalization.inputs[2], normalization.inputs[3])
    switch node.operation {
    case let reductions as Op.BatchNormReductions where reductions == .init(epsilon: epsilon):
      return (Op.BatchNormReductions(epsilon: epsilon, isRectified: true), [g, x, moments, scale, bias])
    case let input as Op.BatchNormInputGradient where input == .init(epsilon: epsilon) && node.inputs[3] == scale:
      return (
        Op.BatchNormInputGradient(epsilon: epsilon, isRectified: true), [g, x, moments, scale, node.inputs[4], bias]
      )
    default: return nil
    }
  }
}
