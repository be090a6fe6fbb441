public import FoveaGraph

/// Lets the gradients of batch normalisation find out for themselves where the rectifier behind it let numbers through, by
/// normalising what they read anyhow: the rectifier's gradient is neither written nor read again.
///
/// Holds where nothing else reads it.
public struct FuseRectifierGradient: Pass {
  public init() {}

  public func run(on graph: inout Graph) {
    let original = graph
    let users = graph.users
    graph.rewrite { graph, node, id in
      guard let (gradient, normalization) = original.rectifiedNormalization(behind: id),
        users[original.nodes[id].inputs[0]].allSatisfy({ original.rectifiedNormalization(behind: $0) != nil })
      else { return nil }
      let (scale, bias) = (graph.position[normalization.inputs[2]], graph.position[normalization.inputs[3]])
      let g = graph.position[gradient.inputs[0]]
      switch node.operation {
      case let reductions as Op.BatchNormReductions:
        return graph.add(
          Op.BatchNormReductions(epsilon: reductions.epsilon, isRectified: true), g, node.inputs[1], node.inputs[2],
          scale,
          bias, path: node.path)
      case let input as Op.BatchNormInputGradient:
        return graph.add(
          Op.BatchNormInputGradient(epsilon: input.epsilon, isRectified: true), g, node.inputs[1], node.inputs[2],
          scale,
          node.inputs[4], bias, path: node.path)
      default: return nil
      }
    }
  }
}

extension Graph {
  /// The gradient of a rectifier that a gradient of batch normalisation reads, and the normalisation, of the same numbers,
  /// that was rectified; `nil` for any other node.
  fileprivate func rectifiedNormalization(behind id: NodeID) -> (gradient: Node, normalization: Node)? {
    let node = nodes[id]
    let epsilon: Float
    switch node.operation {
    case let reductions as Op.BatchNormReductions where !reductions.isRectified: epsilon = reductions.epsilon
    case let input as Op.BatchNormInputGradient where !input.isRectified: epsilon = input.epsilon
    default: return nil
    }
    let gradient = nodes[node.inputs[0]]
    guard gradient.operation is Op.ReLUGradient else { return nil }
    let rectified = nodes[gradient.inputs[1]]
    guard rectified.operation is Op.ReLU else { return nil }
    let normalization = nodes[rectified.inputs[0]]
    guard let operation = normalization.operation as? Op.BatchNormalize, operation.epsilon == epsilon,
      normalization.inputs[0] == node.inputs[1], normalization.inputs[1] == node.inputs[2],
      !(node.operation is Op.BatchNormInputGradient) || normalization.inputs[2] == node.inputs[3]
    else { return nil }
    return (gradient, normalization)
  }
}
