import FoveaCore
public import FoveaGraph

/// Folds normalisation by fixed moments into the convolution or matrix product before it.
///
/// With f = scale / √(σ² + ε) for each channel: `scale · (x·w + b − μ) / √(σ² + ε) + bias` = `x·(w·f) + (b − μ)·f + bias`.
/// The new weights and bias are computed once, when a program gets its parameters.
///
/// Holds where moments, scale, bias, weights and b stay the same from run to run, as in inference, and where nothing
/// else reads the convolution.
///
/// - Source: Jacob et al. 2018, "Quantization and Training of Neural Networks", §3.2, eq. 14.
public struct FoldBatchNorm: Pass {
  public init() {}

  public func run(on graph: inout Graph) {
    let original = graph
    let (isStatic, readerCounts) = (graph.isStatic, graph.readerCounts)
    graph.rewrite { graph, node, id in
      guard let norm = node.operation as? Op.BatchNormalize,
        original.nodes[id].inputs.dropFirst().allSatisfy({ isStatic[$0] }),
        let linear = Linear(before: id, in: original, isStatic, readerCounts)
      else { return nil }
      let (moments, scale, bias) = (node.inputs[1], node.inputs[2], node.inputs[3])

      func add(_ operation: some Operation, _ a: Graph.NodeID) -> Graph.NodeID {
        graph.add(operation, a, path: node.path)
      }
      func add(_ operation: some Operation, _ a: Graph.NodeID, _ b: Graph.NodeID) -> Graph.NodeID {
        graph.add(operation, a, b, path: node.path)
      }
      func vector(_ value: Graph.NodeID) -> Graph.NodeID {
        graph.nodes[value].shape.rank == 1 ? value : add(Op.Reshape(to: [node.shape.channels]), value)
      }
      func moment(_ row: Int) -> Graph.NodeID {
        vector(add(Op.Slice(from: [row, 0], size: [1, node.shape.channels]), moments))
      }

      let factor = add(Op.Multiply(), scale, add(Op.ReciprocalSquareRoot(epsilon: norm.epsilon), moment(1)))
      let mean = moment(0)
      let shift = linear.bias.map { add(Op.Subtract(), vector(graph.position[$0]), mean) } ?? add(Op.Scale(-1), mean)
      let foldedBias = add(Op.Add(), add(Op.Multiply(), shift, factor), bias)

      var product = graph.nodes[graph.position[linear.node]]
      // Output channels lie along the last axis of the weights, or along the first of a transposed matrix.
      let isTransposed = (product.operation as? Op.MatrixProduct)?.transposesB ?? false
      let stretched = isTransposed ? add(Op.Reshape(to: [node.shape.channels, 1]), factor) : factor
      product.inputs[1] = add(Op.Multiply(), product.inputs[1], stretched)
      return add(Op.Add(), graph.add(product), foldedBias)
    }
  }

  /// A convolution or matrix product with fixed weights, and the bias added to it, if there is one.
  private struct Linear {
    let node: Graph.NodeID
    var bias: Graph.NodeID?

    /// - Parameter norm: the node that reads it; `nil` if it reads something else, or if others read it too.
    init?(before norm: Graph.NodeID, in graph: Graph, _ isStatic: [Bool], _ readerCounts: [Int]) {
      var candidate = graph.nodes[norm].inputs[0]
      guard readerCounts[candidate] == 1 else { return nil }
      if graph.nodes[candidate].operation is Op.Add {
        let (inputs, channels) = (graph.nodes[candidate].inputs, graph.nodes[candidate].shape.channels)
        // One number for each channel, whatever axes of length 1 are before it.
        guard
          let bias = inputs.first(where: {
            isStatic[$0] && graph.nodes[$0].shape.count == channels && graph.nodes[$0].shape.channels == channels
          })
        else { return nil }
        self.bias = bias
        let sum = candidate
        candidate = inputs[0] == bias ? inputs[1] : inputs[0]
        guard readerCounts[candidate] == 1, graph.nodes[candidate].shape == graph.nodes[sum].shape else { return nil }
      }
      let product = graph.nodes[candidate]
      guard product.operation is Op.Convolution || product.operation is Op.MatrixProduct, isStatic[product.inputs[1]]
      else { return nil }
      node = candidate
    }
  }
}
