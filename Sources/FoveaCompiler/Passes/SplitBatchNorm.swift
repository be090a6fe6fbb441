public import FoveaGraph

/// Splits batch normalisation into its moments and the normalisation by them, so that `CommonSubexpressions` can share
/// the moments with the gradient and the running averages.
public struct SplitBatchNorm: Pass {
  public init() {}

  public func run(on graph: inout Graph) {
    graph.rewrite { graph, node, _ in
      guard let norm = node.operation as? Op.BatchNorm else { return nil }
      let (x, scale, bias) = (node.inputs[0], node.inputs[1], node.inputs[2])
      let moments = graph.add(Op.BatchMoments(), x, path: node.path)
      return graph.add(Op.BatchNormalize(epsilon: norm.epsilon), x, moments, scale, bias, path: node.path)
    }
  }
}
