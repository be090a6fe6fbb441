public import FoveaGraph

/// A rewriting of a graph that leaves the outputs and updates as they were, up to rounding.
public protocol Pass: Sendable {
  func run(on graph: inout Graph)
}
