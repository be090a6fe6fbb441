import FoveaCore
import FoveaGraph

/// A change to some nodes of a graph by which two programs often differ.
struct UsualCause {
  /// Behind a colon: what the other program does.
  let text: String
  private let nodes: Set<Graph.NodeID>
  private let change: Change

  /// Gives the node that takes the place of one, or `nil` to leave it.
  typealias Change = (inout Graph.Rewriting, Graph.Node) -> Graph.NodeID?

  func apply(to graph: inout Graph) {
    graph.rewrite { graph, node, id in nodes.contains(id) ? change(&graph, node) : nil }
  }

  private static let epsilons: [Float] = [1e-3, 1e-5, 1.001e-5, 2e-5, 1e-4, 1e-6, 1e-7, 1e-8, 1e-12, 1e-2]

  /// The causes that change one of the nodes, the simplest first.
  static func all(for nodes: Set<Graph.NodeID>, in graph: Graph) -> [UsualCause] {
    let changes: [(String, Change)] = [
      ("the rows of the dense layer count channel by channel there", flatteningChannelsFirst),
      (
        "the dense layer reads position by position there, with rows that count channel by channel",
        flatteningPositionsFirst
      ),
      ("odd padding lies below and right there, as TensorFlow's 'same'", { padding(&$0, $1, below) }),
      ("odd padding of convolutions lies below and right there", { isConvolution($1) ? padding(&$0, $1, below) : nil }),
      ("odd padding of poolings lies below and right there", { isConvolution($1) ? nil : padding(&$0, $1, below) }),
      ("as much padding lies on both sides there, as PyTorch's", { padding(&$0, $1, both) }),
      ("odd padding lies above and left there", { padding(&$0, $1, above) }),
      ("average pooling counts padding the other way there", countingPadding),
      ("the kernels are flipped there, a true convolution", { mapping(&$0, $1, Self.flipped) }),
      ("rows and columns of the kernels are exchanged there", { mapping(&$0, $1, Self.exchanged) }),
      ("the normalisation is by the batch's own moments there, as in training", normalizingByBatch),
    ]
    let normalizations: [(String, Change)] = epsilons.map { epsilon in
      ("the normalisation's epsilon is \(epsilon) there", { setting(epsilon, &$0, $1) })
    }
    return (changes + inputs + normalizations + activations).map { UsualCause(text: $0, nodes: nodes, change: $1) }
      .filter { cause in
        var (changed, isChanged) = (graph, false)
        changed.rewrite { graph, node, id in
          let new = nodes.contains(id) ? cause.change(&graph, node) : nil
          isChanged = isChanged || new != nil
          return new
        }
        return isChanged
      }
  }

  private static func replaced(
    _ operation: some FoveaGraph.Operation, _ graph: inout Graph.Rewriting, _ node: Graph.Node
  ) -> Graph.NodeID {
    var node = node
    node.operation = operation
    return graph.add(node)
  }

  private static func setting(_ epsilon: Float, _ graph: inout Graph.Rewriting, _ node: Graph.Node) -> Graph.NodeID? {
    switch node.operation {
    case let norm as Op.BatchNormalize where norm.epsilon != epsilon:
      replaced(Op.BatchNormalize(epsilon: epsilon), &graph, node)
    case let norm as Op.GroupNorm where norm.epsilon != epsilon:
      replaced(Op.GroupNorm(groups: norm.groups, epsilon: epsilon), &graph, node)
    default: nil
    }
  }

  private static func normalizingByBatch(_ graph: inout Graph.Rewriting, _ node: Graph.Node) -> Graph.NodeID? {
    guard let norm = node.operation as? Op.BatchNormalize else { return nil }
    var node = node
    node.inputs.remove(at: 1)
    return replaced(Op.BatchNorm(epsilon: norm.epsilon), &graph, node)
  }

  private static func isConvolution(_ node: Graph.Node) -> Bool { node.operation is Op.Convolution }

  /// Before the input half of what the windows need at least, rounded down; the rest behind.
  private static func below(_ edges: Padding.Edges, _ least: Int) -> Padding.Edges {
    .init(before: least / 2, after: edges.before + edges.after - least / 2)
  }

  /// Behind the input half of what the windows need at least, rounded down; the rest before.
  private static func above(_ edges: Padding.Edges, _ least: Int) -> Padding.Edges {
    .init(before: edges.before + edges.after - least / 2, after: least / 2)
  }

  /// The padding that there is, the same on both sides.
  private static func both(_ edges: Padding.Edges, _ least: Int) -> Padding.Edges {
    let half = (edges.before + edges.after + 1) / 2
    return .init(before: half, after: half)
  }

  /// The windows of convolutions and poolings with other edges that give as many outputs, if those read other positions.
  private static func padding(
    _ graph: inout Graph.Rewriting, _ node: Graph.Node,
    _ arrangement: (_ edges: Padding.Edges, _ least: Int) -> Padding.Edges
  ) -> Graph.NodeID? {
    func arranged(_ window: Window) -> Window? {
      let lengths = Array(graph.nodes[node.inputs[0]].shape.dimensions.dropFirst().prefix(window.rank))
      guard !window.roundsUp else { return nil }
      let edges = lengths.indices.map { window.edges($0, length: lengths[$0]) }
      let arranged = lengths.indices.map { axis in
        let last = (window.output(axis, length: lengths[axis]) - 1) * window.strides[axis]
        return edges[axis].before + edges[axis].after == 0
          ? edges[axis] : arrangement(edges[axis], max(last + window.extent(axis) - lengths[axis], 0))
      }
      // What is behind the last window is read by none.
      guard zip(edges, arranged).contains(where: { $0.before != $1.before }) else { return nil }
      var result = window
      result.padding = .edges(arranged)
      return lengths.indices.allSatisfy {
        result.output($0, length: lengths[$0]) == window.output($0, length: lengths[$0])
      } ? result : nil
    }
    switch node.operation {
    case var convolution as Op.Convolution:
      guard let window = arranged(convolution.window) else { return nil }
      convolution.window = window
      return replaced(convolution, &graph, node)
    case var pool as Op.MaxPool:
      guard let window = arranged(pool.window) else { return nil }
      pool.window = window
      return replaced(pool, &graph, node)
    case let pool as Op.AveragePool:
      guard let window = arranged(pool.window) else { return nil }
      return replaced(Op.AveragePool(window, divisor: pool.divisor), &graph, node)
    default: return nil
    }
  }

  private static func countingPadding(_ graph: inout Graph.Rewriting, _ node: Graph.Node) -> Graph.NodeID? {
    guard let pool = node.operation as? Op.AveragePool, pool.window.padding != .valid || pool.window.roundsUp else {
      return nil
    }
    switch pool.divisor {
    case .inside: return replaced(Op.AveragePool(pool.window, divisor: .padded), &graph, node)
    case .padded: return replaced(Op.AveragePool(pool.window, divisor: .inside), &graph, node)
    case .number: return nil
    }
  }

  /// The weights of convolutions over two axes and more, in another arrangement.
  private static func mapping(
    _ graph: inout Graph.Rewriting, _ node: Graph.Node,
    _ arrangement: (inout Graph.Rewriting, Graph.NodeID, Window, String) -> Graph.NodeID?
  ) -> Graph.NodeID? {
    guard let convolution = node.operation as? Op.Convolution, convolution.window.count > 1,
      let weights = arrangement(&graph, node.inputs[1], convolution.window, node.path)
    else { return nil }
    var node = node
    node.inputs[1] = weights
    return graph.add(node)
  }

  private static func flipped(
    _ graph: inout Graph.Rewriting, _ weights: Graph.NodeID, _ window: Window, _ path: String
  ) -> Graph.NodeID? {
    window.size.enumerated().reduce(weights) { weights, axis in
      let matrix = SparseMatrix(gathering: (0..<axis.element).reversed(), of: axis.element)
      return graph.add(Op.SparseMap(along: axis.offset, matrix), weights, path: path)
    }
  }

  private static func exchanged(
    _ graph: inout Graph.Rewriting, _ weights: Graph.NodeID, _ window: Window, _ path: String
  ) -> Graph.NodeID? {
    guard window.rank == 2, window.size[0] == window.size[1] else { return nil }
    return graph.add(Op.Transpose([1, 0, 2, 3]), weights, path: path)
  }

  /// The shape of what a flatten reads, if it has several channels and positions.
  private static func flattened(_ graph: Graph.Rewriting, _ node: Graph.Node) -> Shape? {
    guard node.operation is Op.Reshape, case let x = graph.nodes[node.inputs[0]].shape, x.rank >= 3,
      node.shape.rank == 2, node.shape[0] == x[0], x.channels > 1,
      x.count > x[0] * x.channels
    else { return nil }
    return x
  }

  private static func flatteningChannelsFirst(_ graph: inout Graph.Rewriting, _ node: Graph.Node) -> Graph.NodeID? {
    guard let x = flattened(graph, node) else { return nil }
    let order = [0, x.rank - 1] + (1..<(x.rank - 1))
    return graph.add(
      Op.Reshape(to: node.shape), graph.add(Op.Transpose(order), node.inputs[0], path: node.path), path: node.path)
  }

  /// Our rows were put position by position; there, what is so flattened meets rows in the order that they had.
  private static func flatteningPositionsFirst(_ graph: inout Graph.Rewriting, _ node: Graph.Node) -> Graph.NodeID? {
    guard let x = flattened(graph, node) else { return nil }
    let channelsFirst = Shape([x[0], x.channels] + x.dimensions.dropFirst().dropLast())
    let order = [0] + (2..<x.rank) + [1]
    let read = graph.add(Op.Reshape(to: channelsFirst), node.inputs[0], path: node.path)
    return graph.add(
      Op.Reshape(to: node.shape), graph.add(Op.Transpose(order), read, path: node.path), path: node.path)
  }
}
