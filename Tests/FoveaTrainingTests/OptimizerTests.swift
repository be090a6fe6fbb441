import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaNetwork
import FoveaTestSupport
import FoveaTraining
import Testing

private let optimizers: [String: any Optimizer] = [
  "sgd": SGD(learningRate: 0.01),
  "sgd, decay": SGD(learningRate: 0.01, weightDecay: 0.1),
  "sgd, momentum": SGD(learningRate: 0.01, momentum: 0.9),
  "sgd, momentum, decay": SGD(learningRate: 0.01, momentum: 0.9, weightDecay: 0.1),
  "sgd, nesterov, decay": SGD(learningRate: 0.01, momentum: 0.9, nesterov: true, weightDecay: 0.1),
  "adam": Adam(learningRate: 0.05),
  "adam, decay": Adam(learningRate: 0.05, beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.1),
  "adamw": AdamW(learningRate: 0.05, weightDecay: 0.1),
]

/// Makes ½ Σ (A·w − b)² small, from w = 1, with small integers in A and b.
///
/// - Returns: w after each step.
private func trajectory(_ optimizer: any Optimizer, steps: Int, rate: (Int) -> Float) throws -> [Double] {
  let builder = GraphBuilder(isTraining: true)
  var matrix: [Float] = []
  var target: [Float] = []
  for row in 0..<7 {
    for column in 0..<5 { matrix.append(Float((3 * row + 5 * column) % 7) - 3) }
    target.append(Float(row % 4) - 1)
  }
  let a = builder.constant(Tensor(matrix, shape: [7, 5]))
  let b = builder.constant(Tensor(target, shape: [7, 1]))
  let rates = builder.input("rates", shape: [optimizer.rates(learningRate: 1, step: 1).count])
  let w = rates.parameter("w", shape: [5, 1], .constant(1))
  let error: Value = matmul(a, w) - b
  let loss = (error * error).applying(Op.Sum(over: [0, 1])).applying(Op.Scale(0.5))
  optimizer.addStep(
    parameter: w, gradient: try #require(gradients(of: loss, withRespectTo: [w])[0]), rates: rates
  ) { name in rates.parameter("\(name).w", shape: w.shape, .zeros, isTrainable: false) }

  let graph = try builder.finish()
  let storage = ParameterStorage(
    copying: Dictionary(
      uniqueKeysWithValues: graph.parameters.map {
        ($0.parameter.path, $0.parameter.initializer.tensor(shape: $0.parameter.shape, path: "", seed: 0))
      }))
  return try ComputeThread.shared.run {
    let program = try Program(try BackendChoice.onednn.plan(graph), parameters: storage)
    return (1...steps).flatMap { step in
      let rates = optimizer.rates(learningRate: rate(step), step: step)
      program.setInput("rates", to: Tensor(rates, shape: [rates.count]))
      program.run()
      return storage.tensor("w")!.floats.map { Double($0) }
    }
  }
}

@Test func `every optimizer that PyTorch tried is here`() {
  #expect(Set(TorchFixture.shared.optimizers.keys) == Set(optimizers.keys))
}

@Test(arguments: optimizers.keys.sorted()) func `an optimizer steps as in PyTorch`(name: String) throws {
  let optimizer = try #require(optimizers[name])
  let expected = try #require(TorchFixture.shared.optimizers[name])
  let found = try trajectory(optimizer, steps: 20) { step in optimizer.learningRate * (step <= 10 ? 1 : 0.5) }
  #expect(expected.count == 100)
  #expect(relativeError(of: found, to: expected) < 2e-5)
}
