import FoveaCore
import FoveaGraph
import FoveaReference
import FoveaTestSupport
import Testing

/// The gradients of `loss` at these numbers, one for each parameter, named in the order "0", "1", …
private func gradients(
  at numbers: [Double], _ loss: ([Value]) -> Value
) throws -> [Double?] {
  let builder = GraphBuilder(isTraining: true)
  let one = builder.constant(Tensor(1))
  let parameters = numbers.indices.map { one.parameter("\($0)", shape: [], .zeros) }
  let gradients = FoveaGraph.gradients(of: loss(parameters), withRespectTo: parameters)
  let results = ReferenceEvaluator.evaluate(try builder.finish()) { name in
    ReferenceTensor([numbers[Int(name)!]], shape: [])
  }
  return gradients.map { $0.map { results[$0.node!].values[0] } }
}

@Test func `the chain rule`() throws {
  // tanh(2·w)² at w = 0.3.
  let y = 0.5370495669980353
  let gradient = try gradients(at: [0.3]) { values in
    let tanh = values[0].applying(Op.Scale(2)).applying(Op.Tanh())
    return tanh * tanh
  }[0]
  #expect(abs(try #require(gradient) - 2 * y * (1 - y * y) * 2) < 1e-12)
}

@Test func `a value that is read twice gets the sum`() throws {
  // (a·b + a) · a: ∂/∂a = 2ab + 2a, ∂/∂b = a².
  let found = try gradients(at: [3, 5]) { (values: [Value]) in (values[0] * values[1] + values[0]) * values[0] }
  #expect(found == [36, 9])
}

@Test func `what the loss does not depend on has no gradient`() throws {
  #expect(try gradients(at: [3, 5]) { values in values[0] + values[0] } == [2, nil])
  #expect(try gradients(at: [3]) { values in values[0].builder.constant(Tensor(1)) } == [nil])
}

@Test func `a variable is its own gradient of 1, and an inner value can be a variable`() throws {
  #expect(try gradients(at: [3]) { values in values[0] } == [1])

  let builder = GraphBuilder(isTraining: true)
  let x = builder.input("x", shape: [2, 3])
  let inner = x.applying(Op.Scale(2))
  let gradients = FoveaGraph.gradients(
    of: (inner * inner).applying(Op.Sum(over: [0, 1])), withRespectTo: [inner, x])
  let results = ReferenceEvaluator.evaluate(try builder.finish()) { _ in
    ReferenceTensor<Double>([1, 2, 3, 4, 5, 6], shape: [2, 3])
  }
  #expect(results[gradients[0]!.node!].values == [4, 8, 12, 16, 20, 24])
  #expect(results[gradients[1]!.node!].values == [8, 16, 24, 32, 40, 48])
}

@Test func `no gradient is computed towards what is no variable`() throws {
  let builder = GraphBuilder(isTraining: true)
  let image = builder.input("image", shape: [1, 5, 5, 2])
  let weights = image.parameter("weights", shape: [3, 3, 2, 4], .heNormal)
  let y = image.applying(Op.Convolution(Window(size: [3, 3])), weights)
  _ = FoveaGraph.gradients(of: y.applying(Op.Sum(over: [0, 1, 2, 3])), withRespectTo: [weights])
  let graph = try builder.finish()
  #expect(graph.nodes.contains { $0.operation is Op.ConvolutionWeightsGradient })
  let needed = graph.ancestors(of: [graph.nodes.lastIndex { $0.operation is Op.ConvolutionWeightsGradient }!])
  #expect(!zip(graph.nodes, needed).contains { $0.operation is Op.ConvolutionInputGradient && $1 })
}

@Test func `gradient nodes carry the path of the layer that they differentiate`() throws {
  let builder = GraphBuilder(isTraining: true)
  let x = builder.input("x", shape: [4])
  let y = builder.scope(named: "gate", kind: "activation") { x.applying(Op.Sigmoid()) }
  let loss = builder.scope(named: "loss", kind: "loss") { y.applying(Op.Sum(over: [0])) }
  _ = FoveaGraph.gradients(of: loss, withRespectTo: [x])
  let graph = try builder.finish()
  #expect(graph.nodes.first { $0.operation is Op.SigmoidGradient }?.path == "gate")
  #expect(graph.nodes.first { $0.operation is Op.Broadcast }?.path == "loss")
  #expect(builder.path == "")
}

@Test func `a loss that is no scalar is reported`() {
  let builder = GraphBuilder(isTraining: true)
  let x = builder.input("x", shape: [4, 2])
  #expect(FoveaGraph.gradients(of: x, withRespectTo: [x]).map { $0 == nil } == [true])
  #expect(
    builder.errors.map(\.description) == [
      "model: a loss is a scalar, not of the shape 4×2; take its mean over all axes"
    ])
}

@Test func `a second derivative is reported`() {
  let builder = GraphBuilder(isTraining: true)
  let x = builder.input("x", shape: [4])
  func sum(_ value: Value) -> Value { value.applying(Op.Sum(over: [0])) }
  let first = FoveaGraph.gradients(of: sum(x.applying(Op.ReLU())), withRespectTo: [x])[0]!
  #expect(FoveaGraph.gradients(of: sum(first * first), withRespectTo: [x]).map { $0 == nil } == [true])
  #expect(
    builder.errors.map(\.description) == [
      "model: relu_gradient has no gradient; differentiate once, and before optimizer steps"
    ])
}

@Test func `the gradients of a residual network agree with finite differences`() throws {
  let shapes: [String: Shape] = [
    "image": [3, 6, 5, 2], "stem.weights": [3, 3, 2, 4], "stem.bias": [4], "block.weights": [3, 3, 1, 4],
    "block.scale": [4], "block.bias": [4], "head.weights": [8, 5],
  ]
  var feed = shapes.mapValues { ReferenceTensor<Double>.distinct($0, seed: UInt64($0.count)) }
  feed["labels"] = ReferenceTensor(integers: [4, 0, 2], shape: [3])
  feed["random"] = ReferenceTensor(integers: [1, 0, 2, 0], shape: [4])

  let errors = try GradientCheck().errors(at: feed, variables: shapes.keys.sorted()) { builder in
    func parameter(_ path: String) -> Value {
      builder.parameter(path, shape: shapes[path]!, .zeros, isTrainable: true)
    }
    let same = Window(size: [3, 3], padding: .same)
    let stem =
      (parameter("image").applying(Op.Convolution(same), parameter("stem.weights")) + parameter("stem.bias"))
      .applying(Op.Tanh())
    let block = stem.applying(Op.Convolution(same, groups: 4), parameter("block.weights"))
      .applying(Op.BatchNorm(epsilon: 1e-3), parameter("block.scale"), parameter("block.bias"))
    let joined = concatenate(stem + block, stem * block.applying(Op.Sigmoid()))
    let pooled = joined.applying(Op.AveragePool(Window(size: [2, 2], strides: [2], padding: .same)))
      .applying(Op.Mean(over: [1, 2])).applying(Op.Dropout(rate: 0.25, stream: 7), builder.randomState)
    return matmul(pooled, parameter("head.weights"))
      .applying(Op.CrossEntropy(), builder.input("labels", shape: [3], elementType: .int32))
      .applying(Op.Mean(over: [0]))
  }
  #expect(errors.count == 7)
  for (path, error) in errors { #expect(error < 1e-6, "\(path)") }
}
