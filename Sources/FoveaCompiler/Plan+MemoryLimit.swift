import FoveaCore
package import FoveaGraph

extension Plan {
  /// The plan of a graph whose peak is at most `limit`: as it is if it can be so, else with as much of its first half
  /// computed again as it takes.
  ///
  /// - Parameters:
  ///   - graph: a training step, after the other passes.
  ///   - limit: in bytes.
  ///   - otherBytes: what counts besides the plan's.
  ///   - make: plans a graph.
  /// - Errors: a limit that cannot be kept.
  package static func fitting(
    _ graph: Graph, limit: Int, otherBytes: Int = 0, _ make: (Graph) throws -> Plan
  ) throws -> Plan {
    func plan(_ pass: Recomputation) throws -> Plan {
      var graph = graph
      pass.run(on: &graph)
      return try make(graph)
    }
    let room = limit - otherBytes
    let whole = try make(graph)
    if whole.peakBytes <= room { return whole }
    let light = try plan(Recomputation())
    if light.peakBytes <= room { return light }
    // Few segments keep little between them and much within; many the other way round.
    var (least, segments) = (light, 1)
    for count in [2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64] {
      let emptied = try plan(Recomputation(segments: count, emptied: count - 1))
      if emptied.peakBytes < least.peakBytes { (least, segments) = (emptied, count) }
    }
    guard least.peakBytes <= room else {
      let needed = min(whole.peakBytes, least.peakBytes) + otherBytes
      throw PlanError(
        description: "\(MemoryLimit.spelled(needed)) are needed at once, even where results are computed again instead "
          + "of kept, more than the limit of \(MemoryLimit.spelled(limit)); use a smaller batch or a smaller input")
    }
    // As few emptied segments as will do.
    var (tooFew, enough) = (0, segments - 1)
    while enough - tooFew > 1 {
      let middle = (tooFew + enough) / 2
      let candidate = try plan(Recomputation(segments: segments, emptied: middle))
      if candidate.peakBytes <= room { (enough, least) = (middle, candidate) } else { tooFew = middle }
    }
    return least
  }
}
