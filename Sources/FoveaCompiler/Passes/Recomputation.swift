import FoveaCore
public import FoveaGraph

/// Computes results of the first half of a training step again in its second half, so that they need not stay in memory
/// in between.
///
/// The first half is what leads to the graph's outputs, the second the gradients and the optimizer's steps after it. The
/// first half falls into segments of about equal memory. An emptied segment keeps only what later segments read; when
/// the way back reaches it, all of it is computed again. The others keep what costs arithmetic and compute the rest
/// again: normalisation, activations, pooling, concatenations. Every node is computed again at most once, by the same
/// kernel: the bits are the same.
///
/// Goes last: what it repeats must not be recognised as the same.
///
/// - Source: Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost", §3 and §4.
public struct Recomputation: Pass {
  /// Into how many segments the first half falls.
  public let segments: Int
  /// How many of them are emptied, from the first. The last never pays: the way back starts there.
  public let emptied: Int

  public init(segments: Int = 1, emptied: Int = 0) {
    precondition(segments >= 1 && (0..<segments).contains(emptied), "\(emptied) of \(segments) segments")
    (self.segments, self.emptied) = (segments, emptied)
  }

  public func run(on graph: inout Graph) {
    guard let last = graph.outputs.map(\.node).max() else { return }
    graph.computeAgain(droppedNodes(of: graph, until: last), after: last)
  }

  /// For each node, whether the second half does without the result that the first half had.
  private func droppedNodes(of graph: Graph, until last: Graph.NodeID) -> [Bool] {
    let segment = segments(of: graph, until: last)
    var lastReader = segment
    for id in 0...last {
      for input in graph.nodes[id].inputs { lastReader[input] = max(lastReader[input], segment[id]) }
    }
    let (isStatic, isOutput) = (graph.isStatic, Set(graph.outputs.map(\.node)))
    return graph.nodes.enumerated().map { id, node in
      let bytes = node.inputs.map { graph.byteCount($0) }
      // What is small beside its inputs, such as moments, is cheap to keep.
      guard id <= last, !node.inputs.isEmpty, !isStatic[id], !isOutput.contains(id),
        graph.byteCount(id) >= (bytes.max() ?? 0) / 8
      else { return false }
      if segment[id] < emptied { return lastReader[id] == segment[id] }
      return node.operation.multiplyAdds(inputs: node.inputs.map { graph.nodes[$0].shape }, output: node.shape) == 0
    }
  }

  /// The segment of each node. Segments end where few bytes go over into the next.
  private func segments(of graph: Graph, until last: Graph.NodeID) -> [Int] {
    var lastReader = Array(graph.nodes.indices)
    for id in 0...last { for input in graph.nodes[id].inputs { lastReader[input] = max(lastReader[input], id) } }
    // After each node: the bytes that were made so far, and those of them that are still read.
    var (made, read) = ([Int](), [Int](repeating: 0, count: last + 2))
    for id in 0...last {
      let bytes = graph.nodes[id].inputs.isEmpty ? 0 : graph.byteCount(id)
      made.append((made.last ?? 0) + bytes)
      read[id] += bytes
      read[min(lastReader[id], last + 1)] -= bytes
    }
    for id in 1..<read.count { read[id] += read[id - 1] }
    let total = made[last]
    var ends: [Graph.NodeID] = []
    for number in 1..<max(segments, 1) where total > 0 {
      let wanted = total / segments * number
      let range = (wanted - total / segments / 3)...(wanted + total / segments / 3)
      let places = (0...last).filter { range.contains(made[$0]) && $0 > ends.last ?? -1 }
      if let end = places.min(by: { (read[$0], $0) < (read[$1], $1) }) { ends.append(end) }
    }
    var segment = 0
    return graph.nodes.indices.map { id in
      defer { if segment < ends.count, id == ends[segment] { segment += 1 } }
      return segment
    }
  }
}

extension Graph {
  /// Lets what comes after node `last` read the results of the dropped nodes before it from copies of these nodes, which
  /// run when their turn comes.
  mutating func computeAgain(_ isDropped: [Bool], after last: NodeID) {
    let old = self
    var again: [NodeID: NodeID] = [:]
    func recomputed(_ id: NodeID, _ rewriting: inout Rewriting) -> NodeID {
      guard isDropped[id] else { return rewriting.position[id] }
      if let known = again[id] { return known }
      var node = old.nodes[id]
      node.inputs = node.inputs.map { recomputed($0, &rewriting) }
      node.waits = true
      let new = rewriting.add(node)
      again[id] = new
      return new
    }
    rewrite { rewriting, node, id in
      guard id > last else { return nil }
      var node = node
      node.inputs = old.nodes[id].inputs.map { recomputed($0, &rewriting) }
      return rewriting.add(node)
    }
  }

  /// Of the result of a node, in row-major order.
  func byteCount(_ id: NodeID) -> Int { nodes[id].shape.count * nodes[id].elementType.byteCount }
}
