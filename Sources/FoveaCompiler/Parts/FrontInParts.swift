import FoveaCore
package import FoveaGraph

/// How much of a prediction is done part by part of a batch, before the rest is done at once.
///
/// The first layers of most networks have the largest images and few weights, the last ones small images and many weights.
/// In parts the former take the memory of a part, and it costs next to nothing that their weights are read and transformed
/// for each; the latter read theirs once for the whole batch.
package struct FrontInParts {
  /// The last node that runs for each part: it is on every way from the input to the outputs.
  package let cut: Graph.NodeID
  /// The examples of a part, which divide the batch.
  package let size: Int

  /// What reading and transforming a weight again takes, in multiply-adds.
  private static let priceOfWeight = 128
  /// All that is read again may take one multiply-add of so many.
  private static let multiplyAddsPerPrice = 40
  /// A kernel has its fixed costs: a part has so many multiply-adds for each at least.
  private static let leastMultiplyAddsPerStep = 250_000_000
  private static let mostParts = 1024
  /// What counts as less memory: a part of all that the prediction has.
  private static let leastShare = 64

  /// The cut and the parts that need the least memory, if it is less than that of the whole; of nearly equal ones the one
  /// that costs least.
  ///
  /// - Parameter graph: after the other passes, for a whole batch.
  package init?(_ graph: Graph) {
    let inputs = graph.nodes.filter { $0.operation is Op.Input }
    guard inputs.count == 1, let batch = inputs[0].shape.dimensions.first, batch > 1, graph.updates.isEmpty else {
      return nil
    }
    let parts = (2..<(min(batch, Self.mostParts) + 1)).filter { batch.isMultiple(of: $0) }
    let needs = zip(LiveMemory.needs(of: graph), graph.isStatic).map { $1 ? 0 : $0.most }
    let work = graph.multiplyAdds(of: graph.nodes.indices)
    let isKernel = graph.nodes.indices.map { graph.multiplyAdds(of: [$0]) > 0 }
    let all = needs.max()! + graph.parameterBytes(of: graph.nodes.indices)
    var candidates = [Candidate(cut: -1, size: batch, bytes: needs.max()!, price: 0)]
    for cut in graph.cuts where graph.nodes[cut].shape.dimensions.first == batch {
      let isFront = graph.ancestors(of: [cut])
      let front = isFront.indices.filter { isFront[$0] }
      let price = graph.parameterBytes(of: front) / ElementType.float32.byteCount * Self.priceOfWeight
      let (frontNeed, backNeed) = (needs[...cut].max()!, needs[(cut + 1)...].max() ?? 0)
      let (frontWork, joined) = (graph.multiplyAdds(of: front), graph.byteCount(cut))
      let kernels = front.count { isKernel[$0] }
      for count in parts where kernels > 0 {
        let price = (count - 1) * price
        guard price * Self.multiplyAddsPerPrice <= work, frontWork / count >= kernels * Self.leastMultiplyAddsPerStep
        else { continue }
        let bytes = max(joined + frontNeed / count, backNeed)
        candidates.append(Candidate(cut: cut, size: batch / count, bytes: bytes, price: price))
      }
    }
    let least = candidates.map(\.bytes).min()! + all / Self.leastShare
    // The first is the whole.
    let best = candidates.filter { $0.bytes <= least }.min { ($0.price, $0.bytes) < ($1.price, $1.bytes) }!
    guard best.size < batch else { return nil }
    (cut, size) = (best.cut, best.size)
  }

  private struct Candidate {
    let cut: Graph.NodeID
    let size: Int
    /// What lies in working memory at most.
    let bytes: Int
    /// In multiply-adds.
    let price: Int
  }
}

extension Graph {
  /// The nodes that are on every way from the input to the outputs, and are neither.
  fileprivate var cuts: [NodeID] {
    let (users, isStatic, isOutput) = (users, isStatic, Set(outputs.map(\.node)))
    // The last reader of all before a node but itself.
    var (last, cuts) = (-1, [NodeID]())
    for (id, node) in nodes.enumerated() where !isStatic[id] {
      if last <= id, !(node.operation is Op.Input), !isOutput.contains(id) { cuts.append(id) }
      last = isOutput.contains(id) ? .max : max(last, users[id].max() ?? -1)
    }
    return cuts
  }

  fileprivate func parameterBytes(of ids: some Sequence<NodeID>) -> Int {
    ids.reduce(0) { nodes[$1].operation is Op.Parameter ? $0 + byteCount($1) : $0 }
  }
}
