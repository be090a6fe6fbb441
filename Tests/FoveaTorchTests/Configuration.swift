import FoveaCompiler
import FoveaGraph
import FoveaNetwork
import FoveaReference
import FoveaTestSupport

/// A way to run a graph.
enum Configuration: CaseIterable {
  /// Node by node with the definitions, in Double.
  case definition
  /// Through passes and plan, as programs run.
  case program
  /// Likewise, on the reference backend alone.
  case referenceProgram

  /// - Returns: the outputs by name.
  func results(of graph: Graph, on feed: [String: ReferenceTensor<Double>]) throws -> [String: [Double]] {
    if self == .definition { return graph.results(on: feed) }
    let backends = (self == .program ? BackendChoice.onednn : .reference).backends
    let run = try ProgramRun(graph, on: backends, passes: .standard(backends: backends), feed: feed)
    return try run(feed).mapValues { $0.floats.map { Double($0) } }
  }
}
