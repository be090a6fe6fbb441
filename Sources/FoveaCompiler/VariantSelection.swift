import FoveaCore
import FoveaGraph

/// Which way each node of a graph runs: by measurement; in a training by its sizes, since the same seed gives the same bits
/// whatever was measured.
///
/// Kernels in row-major order and kernels in blocks of channels do not mix well: between two of them all numbers are
/// brought into the other order. So the whole graph goes one way, the one whose sum of times is less, and a node goes
/// the other way where that saves more than the two reorderings cost.
///
/// Where the arena's size is decided, a way that writes its result over its input or works in less memory is taken for another
/// that rounds as much, if it is not much slower.
struct VariantSelection {
  private var chosen: [Graph.NodeID: KernelVariant] = [:]
  private var isRowMajor = false

  /// Everything in its usual way.
  init() {}

  /// - Parameters:
  ///   - isStatic: for each node, whether it is the same on every run; such nodes run once, in their usual way.
  init(_ graph: Graph, isStatic: [Bool], backend: any Backend, planning: Planning) {
    var candidates: [Candidate] = []
    let runs = graph.runsOfNodes
    for (id, node) in graph.nodes.enumerated() where !isStatic[id] {
      let shapes = node.inputs.map { graph.nodes[$0].shape }
      guard node.operation.multiplyAdds(inputs: shapes, output: node.shape) >= Self.leastMultiplyAdds else { continue }
      let request = KernelRequest(
        operation: node.operation,
        inputs: node.inputs.map { input in
          let source = graph.nodes[input]
          return .init(
            shape: source.shape, elementType: source.elementType, layout: .rowMajor(source.shape),
            isStatic: isStatic[input])
        }, outputShape: node.shape, outputType: node.elementType, isOutput: false)
      if !graph.updates.isEmpty {
        let expected = backend.expectedVariant(for: request)
        if expected.isExact || planning.precision != .exact { chosen[id] = expected }
        continue
      }
      guard let timings = planning.timings else { continue }
      let all = backend.variants(for: request)
      let variants = all.filter { $0.isExact || planning.precision != .exact }
      guard variants.count > 1 else { continue }
      // All ways are measured together, so that an exact plan and another know the same times.
      let times = timings.times(for: request.timingKey(backend)) {
        request.measured(all, on: backend)
      }.filter { variants.contains($0.key) }
      let activations = [id] + node.inputs.filter { !isStatic[$0] }
      let moved = activations.reduce(0) { $0 + 2 * graph.nodes[$1].shape.count * graph.nodes[$1].elementType.byteCount }
      candidates.append(
        Candidate(
          id: id, runs: runs[id], times: times, moved: Double(moved) / Self.reorderedBytesPerSecond))
    }
    /// The best way for a candidate where the others are row-major or not, and its time.
    func best(_ index: Int, _ isRowMajor: Bool) -> (variant: KernelVariant, seconds: Double)? {
      let (times, moved) = (candidates[index].times, candidates[index].moved)
      // In a fixed order, so that equal times give equal plans.
      return times.sorted { $0.key.rawValue < $1.key.rawValue }.map { variant, time in
        (variant, time.seconds * variant.leastGain + (variant.keepsOrder || time.isRowMajor == isRowMajor ? 0 : moved))
      }.min { $0.1 < $1.1 }
    }
    func sum(_ isRowMajor: Bool) -> Double {
      candidates.indices.reduce(0) { $0 + Double(candidates[$1].runs) * (best($1, isRowMajor)?.seconds ?? 0) }
    }
    isRowMajor = sum(true) < Self.rowMajorGain * sum(false)
    for index in candidates.indices { chosen[candidates[index].id] = best(index, isRowMajor)?.variant }
    takeLessMemory(graph, candidates)
  }

  /// A node that may go several ways.
  private struct Candidate {
    let id: Graph.NodeID
    /// How often it runs for a batch.
    let runs: Int
    let times: [KernelVariant: KernelTime]
    /// The seconds that its reorderings take where the others go another way.
    let moved: Double
  }

  /// Lets nodes that round more anyhow go another such way, which needs no reordering, where the arena could be smaller for it.
  private mutating func takeLessMemory(_ graph: Graph, _ candidates: [Candidate]) {
    let nodes = candidates.compactMap { node -> (node: Candidate, fastest: KernelVariant, others: [KernelVariant])? in
      guard let fastest = chosen[node.id] else { return nil }
      let most = node.times[fastest]!.seconds * Self.priceOfMemory
      let others = node.times.keys.filter { !fastest.isExact && $0.keepsOrder && node.times[$0]!.seconds <= most }
      return (node, fastest, others.filter { $0 != fastest }.sorted { $0.rawValue < $1.rawValue })
    }
    guard nodes.contains(where: { !$0.others.isEmpty }) else { return }
    let needs = LiveMemory.needs(of: graph)
    /// What is in memory while a node goes some way.
    func bytes(_ node: Candidate, _ variant: KernelVariant) -> Int {
      let need = needs[node.id]
      return need.most + node.times[variant]!.scratchBytes - (variant.writesOverInput ? need.lessByOverwriting : 0)
    }
    /// What each node needs at least, and what those that can do with less need now.
    var least = needs.map(\.most)
    var changeable: [(id: Graph.NodeID, bytes: Int, lean: KernelVariant)] = []
    for (node, fastest, others) in nodes {
      let lean = ([fastest] + others).min { bytes(node, $0) < bytes(node, $1) }!
      least[node.id] = bytes(node, lean)
      if lean != fastest { changeable.append((node.id, bytes(node, fastest), lean)) }
    }
    let bound = least.max()!
    for node in changeable where node.bytes > bound { chosen[node.id] = node.lean }
  }

  /// The way that node `id` goes, of those that it has; the first is its usual one.
  func variant(of id: Graph.NodeID, among variants: [KernelVariant]) -> KernelVariant {
    if let variant = chosen[id], variants.contains(variant) { return variant }
    return isRowMajor && variants.contains(.rowMajor) ? .rowMajor : variants[0]
  }

  /// What the measured nodes have to gain by row-major order: what lies between them, such as concatenations, is faster in
  /// blocks.
  private static let rowMajorGain = 0.9
  /// How much longer a node may take that makes the arena smaller.
  private static let priceOfMemory = 1.35
  /// Nodes with less are over in microseconds: measuring them costs more than it ever saves.
  private static let leastMultiplyAdds = 4_000_000
  /// What is read and written a second by reordering, on an ordinary machine.
  private static let reorderedBytesPerSecond = 8e9
}
