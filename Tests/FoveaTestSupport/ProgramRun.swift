package import FoveaCompiler
package import FoveaCore
package import FoveaGraph
import FoveaNetwork
package import FoveaReference

/// A graph, planned and run: what `Graph.results` gives, by the same names.
package struct ProgramRun {
  package let plan: Plan
  package let storage: ParameterStorage
  private let program: Program
  private let graph: Graph

  /// - Parameters:
  ///   - backends: in order of preference.
  ///   - passes: what is done to the graph first.
  package init(
    _ graph: Graph, on backends: [any Backend], passes: Pipeline? = nil,
    feed: [String: ReferenceTensor<Double>]
  ) throws {
    var compiled = graph
    passes?.run(on: &compiled)
    self.graph = graph
    plan = try Plan(compiled, backends: backends)
    let paths = graph.parameters.map(\.parameter.path)
    storage = ParameterStorage(copying: Dictionary(uniqueKeysWithValues: paths.map { ($0, feed[$0]!.tensor) }))
    let (plan, storage) = (plan, storage)
    program = try ComputeThread.shared.run { try Program(plan, parameters: storage) }
  }

  /// The bits of every output and of every updated parameter after one more run.
  package func callAsFunction(_ feed: [String: ReferenceTensor<Double>]) throws -> [String: Tensor] {
    try ComputeThread.shared.run {
      for name in plan.inputs.keys { program.setInput(name, to: feed[name]!.tensor) }
      program.run()
      var results: [String: Tensor] = [:]
      for output in graph.outputs { results[output.name] = program.output(output.name) }
      for update in graph.updates {
        let path = (graph.nodes[update.parameter].operation as! Op.Parameter).path
        results[path] = storage.tensor(path)!
      }
      return results
    }
  }

  package func prepareWeights() throws { try ComputeThread.shared.run { try program.prepareWeights() } }
}

/// The largest relative error of any result, with its name.
package func largestError(of found: [String: Tensor], to expected: [String: [Double]]) -> (error: Double, name: String)
{
  var worst = (error: 0.0, name: "")
  for (name, numbers) in expected {
    let error = relativeError(of: found[name]?.floats.map { Double($0) } ?? [], to: numbers)
    if !(error <= worst.error) { worst = (error, name) }
  }
  return worst
}
