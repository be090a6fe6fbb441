import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaReference
import Testing

private func planned(_ trace: (GraphBuilder) -> Void) throws -> Plan {
  let builder = GraphBuilder(isTraining: true)
  trace(builder)
  return try Plan(builder.finish(), backends: [ReferenceBackend()])
}

@Test func `what a parameter's step reads is read before the next is made`() throws {
  let plan = try planned { builder in
    var chain = [builder.input("x", shape: [1000])]
    for _ in 0..<5 { chain.append(chain.last!.applying(Op.Tanh())) }
    for (index, x) in chain.enumerated() {
      x.applying(Op.Sum(over: [0], keepingAxes: true)).update(parameter(builder, "w\(index)", 1))
    }
  }
  // Each is made where the last one was, or at most beside it.
  #expect(plan.arenaBytes <= 2 * 4096)
}

@Test func `a gradient larger than what it is made of waits until the rest has gone`() throws {
  let plan = try planned { builder in
    let column = builder.input("column", shape: [100, 1])
    let (row, rate) = (builder.input("row", shape: [1, 100]), builder.input("rate", shape: []))
    let w = parameter(builder, "w", 100, 100)
    w.applying(Op.Descend(), matmul(column, row), rate).update(w)
    let x = builder.input("x", shape: [100, 100])
    x.applying(Op.Softmax()).applying(Op.Sum(over: [0])).update(parameter(builder, "v", 100))
  }
  let operations = plan.steps.map(\.operation)
  #expect(try #require(operations.firstIndex(of: "matrix_product")) > #require(operations.firstIndex(of: "softmax")))
}
