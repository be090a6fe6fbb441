import FoveaCompiler
import FoveaGraph
import FoveaTestSupport
import Testing

/// The listing of what `trace` builds after `pass`. Outputs and updates must be what they were.
func listing(
  after pass: any Pass, isTraining: Bool = false, sourceLocation: SourceLocation = #_sourceLocation,
  _ trace: (GraphBuilder) -> Void
) throws -> [String] {
  let builder = GraphBuilder(isTraining: isTraining)
  trace(builder)
  var graph = try builder.finish()
  let before = graph.results()
  pass.run(on: &graph)
  #expect(graph.malformedNodes == [], sourceLocation: sourceLocation)
  let after = graph.results()
  #expect(Set(before.keys) == Set(after.keys), sourceLocation: sourceLocation)
  for (name, numbers) in before {
    let error = relativeError(of: after[name] ?? [], to: numbers)
    #expect(error < 1e-6, "\(name)", sourceLocation: sourceLocation)
  }
  return graph.listing
}

/// A parameter of a test's graph.
func parameter(_ builder: GraphBuilder, _ name: String, _ shape: Int...) -> Value {
  builder.parameter(name, shape: .init(shape), .zeros, isTrainable: true)
}
