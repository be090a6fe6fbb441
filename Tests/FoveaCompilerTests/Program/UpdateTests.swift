import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaOneDNN
import FoveaReference
import FoveaTestSupport
import Testing

/// Runs what `trace` builds three times, each on the parameters that the last left behind, on every backend, and
/// compares outputs and parameters with the definition: outputs and updates read the values from before the run.
///
/// - Returns: the plan on the fast backend.
@discardableResult
private func expectUpdates(
  sourceLocation: SourceLocation = #_sourceLocation, _ trace: (GraphBuilder) -> Void
) throws -> Plan {
  let builder = GraphBuilder(isTraining: true)
  trace(builder)
  let graph = try builder.finish()
  var plan: Plan?
  for backends in [[OneDNNBackend(), ReferenceBackend()], [ReferenceBackend()]] as [[any Backend]] {
    var feed = graph.feed()
    let run = try ProgramRun(graph, on: backends, feed: feed)
    #expect(misplacedBuffers(run.plan) == [], sourceLocation: sourceLocation)
    for _ in 0..<3 {
      let expected = graph.results(on: feed)
      let worst = largestError(of: try run(feed), to: expected)
      #expect(worst.error < 1e-5, "\(worst.name) on \(backends[0].name)", sourceLocation: sourceLocation)
      for update in graph.updates {
        let path = (graph.nodes[update.parameter].operation as! Op.Parameter).path
        feed[path]!.values = expected[path]!
      }
    }
    plan = plan ?? run.plan
  }
  return try #require(plan)
}

private func copies(_ plan: Plan) -> Int { plan.steps.count { $0.kernel.name == "copy" } }

private let matrix = Op.MatrixProduct()

@Test func `a step of descent is written over the parameter`() throws {
  let plan = try expectUpdates { builder in
    let (w, g) = (parameter(builder, "w", 40), builder.input("g", shape: [40]))
    builder.output("y", w.applying(Op.Tanh()))
    w.applying(Op.Descend(), g, builder.input("rate", shape: [])).update(w)
  }
  #expect(copies(plan) == 0)
}

@Test func `an update that its own kernel cannot write in place is copied`() throws {
  let plan = try expectUpdates { builder in
    let w = parameter(builder, "w", 6, 6)
    w.applying(matrix, w).update(w)
  }
  #expect(copies(plan) == 1)
}

@Test func `two parameters exchange their values`() throws {
  try expectUpdates { builder in
    let (p, q) = (parameter(builder, "p", 5), parameter(builder, "q", 5))
    q.update(p)
    p.update(q)
  }
}

@Test func `two parameters are computed from each other's old values`() throws {
  try expectUpdates { builder in
    let (p, q) = (parameter(builder, "p", 5), parameter(builder, "q", 5))
    q.applying(Op.Scale(0.5)).update(p)
    p.applying(Op.Tanh()).update(q)
  }
}

@Test func `three parameters pass their values on in a ring`() throws {
  try expectUpdates { builder in
    let p = (0..<3).map { parameter(builder, "p\($0)", 4, 4) }
    p[1].update(p[0])
    p[2].applying(Op.Transpose([1, 0])).update(p[1])
    p[0].applying(Op.Scale(2)).update(p[2])
  }
}

@Test(arguments: [false, true]) func `a parameter remembers another's old value`(isFirst: Bool) throws {
  try expectUpdates { builder in
    let (w, old) = (parameter(builder, "w", 4, 3), parameter(builder, "old", 12))
    if isFirst { w.reshaped(to: [12]).update(old) }
    w.applying(Op.Scale(0.9)).update(w)
    if !isFirst { w.reshaped(to: [12]).update(old) }
  }
}

@Test func `one value updates two parameters and is an output`() throws {
  try expectUpdates { builder in
    let (p, q) = (parameter(builder, "p", 7), parameter(builder, "q", 7))
    let sum = p + q
    sum.update(p)
    sum.update(q)
    builder.output("sum", sum)
  }
  try expectUpdates { builder in
    let (p, q) = (parameter(builder, "p", 7), parameter(builder, "q", 7))
    let sum = p + q
    sum.update(p)
    sum.update(q)
  }
}

@Test func `an output that is a parameter is its value before the run`() throws {
  try expectUpdates { builder in
    let w = parameter(builder, "w", 3, 4)
    builder.output("w", w)
    builder.output("column", w.applying(Op.Slice(from: [0, 1], size: [3, 1])))
    builder.output("row", w.reshaped(to: [12]))
    w.applying(Op.Scale(0.5)).update(w)
  }
}

@Test func `a parameter takes an input, a part of one, or a constant`() throws {
  try expectUpdates { builder in
    let x = builder.input("x", shape: [4, 6])
    let whole = parameter(builder, "whole", 4, 6)
    let part = parameter(builder, "part", 4, 2)
    let fixed = parameter(builder, "fixed", 2)
    builder.output("y", x.applying(Op.Tanh()).applying(Op.Sigmoid()) + whole)
    x.update(whole)
    x.applying(Op.Slice(from: [0, 3], size: [4, 2])).update(part)
    builder.constant(Tensor([1, 2] as [Float], shape: [2])).update(fixed)
  }
}

@Test func `a parameter takes what is computed from another that stays`() throws {
  try expectUpdates { builder in
    let (p, q) = (parameter(builder, "p", 9), parameter(builder, "q", 9))
    q.applying(Op.Tanh()).update(p)
    builder.output("p", p * q)
  }
}

@Test func `a running average reads the old value after it was used`() throws {
  let plan = try expectUpdates { builder in
    let x = builder.input("x", shape: [8, 3])
    let mean = parameter(builder, "mean", 3)
    mean.applying(Op.LinearCombination([0.9, 0.1]), x.applying(Op.Mean(over: [0]))).update(mean)
    builder.output("y", x - mean)  // asked for after the update was
  }
  #expect(copies(plan) == 0)
}
