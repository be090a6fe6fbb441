import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaReference
import Testing

private let folding = ConstantFolding(backends: [ReferenceBackend()])

@Test func `what reads only constants becomes a constant`() throws {
  let found = try listing(after: folding) { builder in
    let x = builder.input("x", shape: [2, 3])
    let three = builder.constant(Tensor(1)) + builder.constant(Tensor(2))
    let row = three.applying(Op.Broadcast(to: [3])).applying(Op.Scale(0.5))
    builder.output("y", x * row)
    builder.output("constant", row)
  }
  #expect(
    found == [
      "0 input x", "1 constant [1.5, 1.5, 1.5]", "2 multiply(0, 1)", "output y = 2", "output constant = 1",
    ])
}

@Test func `the gradient of a mean starts with a constant`() throws {
  let builder = GraphBuilder(isTraining: true)
  let x = builder.input("x", shape: [4])
  let loss = (x * x).applying(Op.Mean(over: [0]))
  builder.output("gradient", gradients(of: loss, withRespectTo: [x])[0]!)
  var graph = try builder.finish()
  folding.run(on: &graph)
  #expect(
    graph.listing == [
      "0 input x", "1 constant [0.25, 0.25, 0.25, 0.25]", "2 multiply(1, 0)", "3 multiply(1, 0)", "4 add(2, 3)",
      "output gradient = 4",
    ])
}

@Test func `parameters, sources and constants that would grow large stay`() throws {
  let found = try listing(after: folding) { builder in
    let w = parameter(builder, "w", 3)
    builder.output("y", w.applying(Op.Scale(2)))
    builder.output("z", builder.constant(Tensor(1)).applying(Op.Broadcast(to: [300, 300])))
  }
  #expect(
    found == [
      "0 parameter w", "1 scale(0)", "2 constant [1.0]", "3 broadcast(2)", "output y = 1", "output z = 3",
    ])
}

@Test func `without a backend that can, nothing is folded`() throws {
  let found = try listing(after: ConstantFolding(backends: [])) { builder in
    builder.output("y", builder.constant(Tensor(1)).applying(Op.Scale(2)))
  }
  #expect(found == ["0 constant [1.0]", "1 scale(0)", "output y = 1"])
}
