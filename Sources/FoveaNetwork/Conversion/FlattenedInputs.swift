import FoveaCore
import FoveaLayers

extension TracedModel {
  /// For the weights of each dense layer that reads a flattened image: the image's shape, without the batch.
  var flattenedInputs: [String: Shape] {
    var result: [String: Shape] = [:]
    for node in graph.nodes where node.operation is Op.MatrixProduct {
      guard let parameter = graph.nodes[node.inputs[1]].operation as? Op.Parameter,
        let image = flattenedImage(node.inputs[0])
      else { continue }
      result[parameter.path] = image
    }
    return result
  }

  /// The shape of the image of which the node `id` is the numbers in a row, if what lies between looks at one place at a
  /// time.
  private func flattenedImage(_ id: Graph.NodeID) -> Shape? {
    let node = graph.nodes[id]
    switch node.operation {
    case is Op.Reshape:
      let source = graph.nodes[node.inputs[0]].shape
      guard node.shape.rank == 2, source.rank > 2, source[0] == node.shape[0] else { return nil }
      return source.ofExample
    case is any PointwiseOperation, is Op.Dropout: return flattenedImage(node.inputs[0])
    default: return nil
    }
  }

  /// ε of a layer of batch normalisation.
  func epsilon(ofNorm layer: LayerRecord) -> Float? {
    for node in graph.nodes[layer.nodes] {
      if let norm = node.operation as? Op.BatchNormalize { return norm.epsilon }
      if let norm = node.operation as? Op.BatchNorm { return norm.epsilon }
      if let root = node.operation as? Op.ReciprocalSquareRoot { return root.epsilon }
    }
    return nil
  }
}
