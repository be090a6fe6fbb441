import FoveaGraph

/// Another activation in the place of the ReLU.
extension UsualCause {
  static var activations: [(String, Change)] {
    // The slopes that PyTorch, Darknet, TensorFlow and Keras have by default.
    let leaky = ([0.01, 0.1, 0.2, 0.3] as [Float]).map { slope in
      activation("a LeakyReLU(\(slope))") { graph, node in
        let rectified = graph.add(node)
        return graph.add(Op.LinearCombination([1 - slope, slope]), rectified, node.inputs[0], path: node.path)
      }
    }
    return leaky + [
      activation("missing") { graph, node in graph.add(Op.Scale(1), node.inputs[0], path: node.path) },
      activation("a tanh") { graph, node in graph.add(Op.Tanh(), node.inputs[0], path: node.path) },
      activation("a sigmoid") { graph, node in graph.add(Op.Sigmoid(), node.inputs[0], path: node.path) },
      activation("a SiLU") { graph, node in
        let gate = graph.add(Op.Sigmoid(), node.inputs[0], path: node.path)
        return graph.add(Op.Multiply(), node.inputs[0], gate, path: node.path)
      },
    ]
  }

  private static func activation(
    _ text: String, _ other: @escaping (inout Graph.Rewriting, Graph.Node) -> Graph.NodeID
  ) -> (String, Change) {
    ("the ReLU is \(text) there", { $1.operation is Op.ReLU ? other(&$0, $1) : nil })
  }
}
