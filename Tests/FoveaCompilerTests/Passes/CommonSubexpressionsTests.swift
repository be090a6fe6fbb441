import FoveaCompiler
import FoveaCore
import FoveaGraph
import Testing

@Test func `equal operations on equal inputs are computed once`() throws {
  let found = try listing(after: CommonSubexpressions()) { builder in
    let x = builder.input("x", shape: [2, 3])
    let one = builder.constant(Tensor(1))
    let a = (x + one).applying(Op.Tanh())
    let b = (builder.constant(Tensor(1)) + x).applying(Op.Tanh())
    builder.output("y", a * b)
    builder.output("z", b)
  }
  #expect(
    found == [
      "0 input x", "1 constant [1.0]", "2 add(0, 1)", "3 tanh(2)", "4 multiply(3, 3)", "output y = 4", "output z = 3",
    ])
}

@Test func `other attributes, other orders and other parameters are not the same`() throws {
  let found = try listing(after: CommonSubexpressions()) { builder in
    let x = builder.input("x", shape: [2, 3])
    let (v, w) = (parameter(builder, "v", 2, 3), parameter(builder, "w", 2, 3))
    builder.output("scales", x.applying(Op.Scale(2)) + x.applying(Op.Scale(3)))
    builder.output("differences", (v - w) * (w - v))
  }
  #expect(found.filter { $0.contains("(") }.count == 6)
}

@Test func `batch normalisation, its gradient and its running average share the moments`() throws {
  let builder = GraphBuilder(isTraining: true)
  let x = builder.input("x", shape: [4, 3])
  let (scale, bias) = (parameter(builder, "scale", 3), parameter(builder, "bias", 3))
  let running = builder.parameter("moments", shape: [2, 3], .zeros, isTrainable: false)
  let y = x.applying(Op.BatchNorm(epsilon: 1e-3), scale, bias)
  running.applying(Op.LinearCombination([0.9, 0.1]), x.applying(Op.BatchMoments())).update(running)
  let gradients = gradients(of: (y * y * y).applying(Op.Sum(over: [0, 1])), withRespectTo: [x, scale, bias])
  for (name, gradient) in zip(["x", "scale", "bias"], gradients) { builder.output(name, gradient!) }
  var graph = try builder.finish()
  #expect(graph.nodes.count { $0.operation is Op.BatchMoments } == 2)

  let before = graph.results()
  for pass in [SplitBatchNorm(), CommonSubexpressions()] as [any Pass] { pass.run(on: &graph) }
  #expect(graph.nodes.count { $0.operation is Op.BatchMoments } == 1)
  #expect(graph.nodes.count { $0.operation is Op.BatchNorm } == 0)
  #expect(graph.results() == before)
}
