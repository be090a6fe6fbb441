package import FoveaGraph

/// A convolution or dense layer that can compute with whole numbers.
package struct QuantizableLayer {
  /// The path of its weights.
  package let path: String
  package let node: Graph.NodeID
  package let base: any EpilogueHost
  package let epilogue: Epilogue
  package let input, weights: Graph.NodeID
  /// Whether the weights lie as outputs × inputs, where the base wants inputs × outputs.
  package let transposesWeights: Bool
  package let bias, residual: Graph.NodeID?
}

extension Graph {
  /// The convolutions and dense layers with weights that are the same on every run, after fusion, in their order.
  package var quantizableLayers: [QuantizableLayer] {
    let isStatic = isStatic
    return nodes.indices.compactMap { id in
      let (node, fused) = (nodes[id], nodes[id].operation as? Fused)
      guard var base = fused?.base ?? (node.operation as? any EpilogueHost), !isStatic[id],
        isStatic[node.inputs[1]], nodes[node.inputs[0]].elementType == .float32
      else { return nil }
      var transposesWeights = false
      switch base {
      case is Op.Convolution: break
      case let product as Op.MatrixProduct:
        guard node.shape.rank == 2, !product.transposesA else { return nil }
        (base, transposesWeights) = (Op.MatrixProduct(), product.transposesB)
      default: return nil
      }
      let (bias, residual) = (fused?.bias(of: node.inputs), fused?.residual(of: node.inputs))
      guard bias.map({ isStatic[$0] }) ?? true, let path = weightsPath(of: node.inputs[1]) else { return nil }
      return QuantizableLayer(
        path: path, node: id, base: base, epilogue: fused?.epilogue ?? Epilogue(), input: node.inputs[0],
        weights: node.inputs[1], transposesWeights: transposesWeights, bias: bias, residual: residual)
    }
  }

  /// The largest parameter of which weights are computed: the others are what is folded into them.
  private func weightsPath(of id: NodeID) -> String? {
    let ancestors = ancestors(of: [id])
    return parameters.filter { ancestors[$0.node] }.max { $0.parameter.shape.count < $1.parameter.shape.count }?
      .parameter.path
  }
}
