import FoveaGraph
import FoveaLayers

/// The layers with weights on the longest way through a model: what the number in its name counts. What lies beside that
/// way, such as the projections of a ResNet, does not count.
struct WeightLayers: Hashable {
  var convolutions = 0
  var dense = 0
  var total: Int { convolutions + dense }
}

extension TracedModel {
  /// Counted in the graph, from the input to the output.
  var weightLayers: WeightLayers {
    var ways: [WeightLayers] = []
    for node in graph.nodes {
      var way = node.inputs.map { ways[$0] }.max { $0.total < $1.total } ?? WeightLayers()
      if node.operation is Op.Convolution { way.convolutions += 1 }
      if node.operation is Op.MatrixProduct { way.dense += 1 }
      ways.append(way)
    }
    return ways[graph.outputs[0].node]
  }
}

extension LessonPage {
  mutating func cell(_ name: String, _ depth: WeightLayers) {
    let dense = "\(depth.dense) dense layer" + (depth.dense == 1 ? "" : "s")
    cell(name, "\(depth.convolutions) convolutions + \(dense) = \(depth.total)", Double(depth.total))
  }
}
