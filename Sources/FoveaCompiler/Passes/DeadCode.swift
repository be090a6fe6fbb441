public import FoveaGraph

/// Drops the nodes that no output and no update needs.
public struct DeadCode: Pass {
  public init() {}

  public func run(on graph: inout Graph) { graph.removeDeadNodes() }
}
