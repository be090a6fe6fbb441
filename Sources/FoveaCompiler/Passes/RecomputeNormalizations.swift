import FoveaCore
public import FoveaGraph

/// Computes the largest normalised results of a training step again on the way back, as far as that takes about a
/// hundredth of the step's time: what they are made of is kept anyhow, for the gradient of the normalisation.
///
/// Of a rectified convolution two results stay for the way back, before and after normalisation; now one does. The same
/// kernels run, so that the bits are the same. A graph that needs its most memory elsewhere stays as it is.
///
/// Goes last: what it repeats must not be recognised as the same.
///
/// - Source: Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost", §3.
public struct RecomputeNormalizations: Pass {
  /// In the time in which a number is read from memory, a processor has some 20 multiply-adds; with bfloat16 both are about
  /// twice as fast.
  private static let multiplyAddsPerNumber = 2000

  public init() {}

  public func run(on graph: inout Graph) {
    guard let last = graph.outputs.map(\.node).max() else { return }
    let dropped = droppedNodes(of: graph, until: last)
    guard !dropped.isEmpty else { return }
    var lighter = graph
    lighter.computeAgain(graph.nodes.indices.map(dropped.contains), after: last)
    if LiveMemory.most(of: lighter) < LiveMemory.most(of: graph) { graph = lighter }
  }

  /// Those that save most for each byte that is moved come first, the large ones before the small ones.
  private func droppedNodes(of graph: Graph, until last: Graph.NodeID) -> Set<Graph.NodeID> {
    let (users, isOutput) = (graph.users, Set(graph.outputs.map(\.node)))
    let candidates = (0...last).filter { id in
      graph.nodes[id].isNormalization && !isOutput.contains(id) && users[id].contains { $0 > last }
        // A view is the same memory.
        && !users[id].contains { graph.nodes[$0].operation is any ViewOperation }
    }
    /// Numbers that are read and written.
    func moved(_ id: Graph.NodeID) -> Int {
      (graph.nodes[id].inputs + [id]).reduce(0) { $0 + graph.nodes[$1].shape.count }
    }
    func gain(_ id: Graph.NodeID) -> Double { Double(graph.byteCount(id)) / Double(moved(id)) }
    let order = candidates.sorted { a, b in
      (gain(b), graph.byteCount(b), a) < (gain(a), graph.byteCount(a), b)
    }
    var room = graph.multiplyAdds(of: graph.nodes.indices) / Self.multiplyAddsPerNumber
    var dropped: Set<Graph.NodeID> = []
    for id in order where moved(id) <= room {
      // What it is made of is small or kept, for others on the way back.
      let isAtHand = graph.nodes[id].inputs.allSatisfy { input in
        graph.byteCount(input) * 8 < graph.byteCount(id)
          || (!dropped.contains(input) && users[input].contains { $0 > last })
      }
      // Nor may it be what another is to be made of.
      let isNeeded = users[id].contains { dropped.contains($0) }
      guard isAtHand, !isNeeded else { continue }
      dropped.insert(id)
      room -= moved(id)
    }
    return dropped
  }
}

extension Graph.Node {
  fileprivate var isNormalization: Bool {
    let operation = (operation as? Carrying)?.base ?? operation
    return ((operation as? Fused)?.base ?? operation) is Op.BatchNormalize
  }
}
