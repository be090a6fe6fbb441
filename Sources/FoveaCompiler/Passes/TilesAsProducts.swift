import FoveaCore
public import FoveaGraph

/// Makes the gradient of a convolution's input, which is also the transposed convolution, a matrix product where the
/// windows tile the input: stride and size are equal, nothing is padded, nothing left over.
///
/// No two windows add to one element then. Windows of one element stay: blocks of channels serve them well. Each row of
/// `g·wᵀ` holds one tile, which is put in its place.
///
/// - Source: Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", §4.6, without overlap.
public struct TilesAsProducts: Pass {
  public init() {}

  public func run(on graph: inout Graph) {
    graph.rewrite { graph, node, _ in
      guard let gradient = node.operation as? Op.ConvolutionInputGradient,
        case let (g, w) = (graph.nodes[node.inputs[0]].shape, graph.nodes[node.inputs[1]].shape),
        gradient.forward.tiles(gradient.inputShape, weights: w)
      else { return nil }
      func reshaped(_ value: Graph.NodeID, _ shape: Shape) -> Graph.NodeID {
        graph.add(Op.Reshape(to: shape), value, path: node.path)
      }
      let rows = reshaped(node.inputs[0], [g.count / g.channels, g.channels])
      let columns = reshaped(node.inputs[1], [w.count / w.channels, w.channels])
      let tiles = graph.add(Op.MatrixProduct(transposesB: true), rows, columns, path: node.path)
      // N × windows × places in a window × channels, to N × (window, place) for each axis × channels.
      let separate = reshaped(
        tiles, Shape(g.dimensions.dropLast() + w.dimensions.dropLast(2) + [gradient.inputShape.channels]))
      return graph.add(AssembleTiles(), separate, path: node.path)
    }
  }
}

extension Op.Convolution {
  /// Whether every element of `input` belongs to exactly one window.
  fileprivate func tiles(_ input: Shape, weights: Shape) -> Bool {
    groups == 1 && window.count > 1
      && (0..<window.rank).allSatisfy { axis in
        let length = input[axis + 1]
        let edges = window.edges(axis, length: length)
        return window.size[axis] == window.strides[axis] && window.extent(axis) == window.size[axis]
          && edges.before == 0 && edges.after == 0 && length % window.size[axis] == 0
      }
  }
}
