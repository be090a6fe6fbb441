import FoveaCore
import FoveaLayers
import FoveaNetwork
import FoveaTraining
import Testing

/// Two dense layers, with scores from between them too.
private struct Headed: Model {
  /// `nil` for no head.
  var weight: Float?
  var classes = 3

  var body: Sequential {
    Dense(5, activation: .relu).named("below")
    if let weight { AuxiliaryHead(weight: weight) { Dense(classes).named("scores") }.named("aux") }
    Dense(3).named("above")
  }
}

/// What comes out of the head.
private struct HeadAlone: Model {
  var body: Sequential {
    Dense(5, activation: .relu).named("below")
    Sequential { Dense(3).named("scores") }.named("aux")
  }
}

private let images = Tensor([0.5, -1, 2, 0.25, 1, -0.5, -2, 1.5] as [Float], shape: [2, 4])
private let labels = Tensor([2, 0] as [Int32], shape: [2])

/// The network with `parameters`, as far as it has them.
private func network(_ model: some Layer, like other: Network? = nil) throws -> Network {
  let network = try Network(model, input: [4], seed: 3)
  if let other { network.parameters = other.parameters.filter { network.parameters[$0.key] != nil } }
  return network
}

/// The loss before one step of SGD, and what the step changed.
private func step(_ network: Network) throws -> (loss: Float, parameters: [String: Tensor]) {
  let program = try TrainingProgram(
    network, loss: .crossEntropy, optimizer: SGD(learningRate: 0.1), batchSizes: [2], seed: 1,
    precision: .exact)
  let loss = try program.step(images: images, labels: labels, learningRate: 0.1, number: 1).loss
  return (loss, network.parameters)
}

@Test func `the loss of an auxiliary head counts as much as its weight, and reaches what lies below it`() throws {
  let headed = try network(Headed(weight: 0.3))
  let (plain, alone) = (try network(Headed(), like: headed), try network(HeadAlone(), like: headed))
  let before = headed.parameters
  let (whole, own, aside) = (try step(headed), try step(plain), try step(alone))
  #expect(abs(whole.loss - (own.loss + 0.3 * aside.loss)) < 1e-6)
  // SGD's step is linear in the gradient: the steps add up, the head's scaled by its weight.
  for (path, start) in before {
    let moved = zip(whole.parameters[path]!.floats, start.floats).map { $0 - $1 }
    let parts = [(own.parameters[path], 1 as Float), (aside.parameters[path], 0.3)].map { part, weight in
      zip(part?.floats ?? start.floats, start.floats).map { weight * ($0 - $1) }
    }
    #expect(zip(moved, zip(parts[0], parts[1])).allSatisfy { abs($0 - ($1.0 + $1.1)) < 1e-6 }, "\(path)")
    #expect(moved.contains { $0 != 0 }, "\(path)")
  }
}

@Test func `predicting does without the head, which stays among the parameters`() throws {
  let headed = try network(Headed(weight: 0.3))
  let plain = try network(Headed(), like: headed)
  #expect(headed.parameters.keys.filter { $0.hasPrefix("aux.") }.sorted() == ["aux.scores.bias", "aux.scores.weights"])
  #expect(try headed.predict(batch: images) == plain.predict(batch: images))
  #expect(try headed.plan(batchSize: 2).workingBytes == plain.plan(batchSize: 2).workingBytes)
  #expect(headed.summary().multiplyAdds == plain.summary().multiplyAdds)
}

@Test func `a head that does not fit the model's output, or has no proper weight, is named`() throws {
  let error = #expect(throws: ModelError.self) { try step(try network(Headed(weight: 1, classes: 4))) }
  #expect(
    error?.errors.map(\.description) == [
      "model: an auxiliary head gives 2×4, the model 2×3; let both give the same shape"
    ])
  for weight in [-1, Float.nan, .infinity] {
    let error = #expect(throws: ModelError.self) { try trace(Headed(weight: weight), input: [4]) }
    #expect(
      error?.errors.map(\.description) == ["aux: the weight of an auxiliary head is \(weight); use 0 or more"])
  }
}
