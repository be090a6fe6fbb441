import FoveaCore
import FoveaData
import FoveaLayers
import FoveaNetwork
import FoveaTestSupport
import FoveaTraining
import Synchronization
import Testing

private let images = Tensor([0.5, -1, 2, 0.25, 1, -0.5, -2, 1.5] as [Float], shape: [2, 4])
private let labels = Tensor([2, 0] as [Int32], shape: [2])

private func network() throws -> Network { try Network(Sequential { Dense(3) }, input: [4], seed: 3) }

private func program(_ network: Network) throws -> TrainingProgram {
  try TrainingProgram(
    network, loss: .crossEntropy, optimizer: SGD(learningRate: 0.1), batchSizes: [2], seed: 1, precision: .exact)
}

@Test func `while a training runs the network has the parameters of its last step, and afterwards too`() throws {
  let network = try network()
  let before = network.parameters
  var training: TrainingProgram? = try program(network)
  #expect(network.parameters == before)
  _ = try training!.step(images: images, labels: labels, learningRate: 0.1, number: 1)
  let first = network.parameters
  #expect(first != before)
  let output = try network.predict(batch: images)
  _ = try training!.step(images: images, labels: labels, learningRate: 0.1, number: 2)
  let second = network.parameters
  #expect(second != first, "and what was read stays as it was")
  #expect(try network.predict(batch: images) != output)
  training = nil
  #expect(network.parameters == second)
}

@Test func `what is set while a training runs goes into the training`() throws {
  let (one, other) = (try network(), try network())
  let start = one.parameters.mapValues { Tensor($0.floats.map { $0 + 1 }, shape: $0.shape) }
  other.parameters = start
  let (first, second) = (try program(one), try program(other))
  one.parameters = start
  _ = try first.step(images: images, labels: labels, learningRate: 0.1, number: 1)
  _ = try second.step(images: images, labels: labels, learningRate: 0.1, number: 1)
  #expect(one.parameters == other.parameters)
}

@Test func `a second program of a network takes over, and the end of the first does not matter`() throws {
  let network = try network()
  var first: TrainingProgram? = try program(network)
  _ = try first!.step(images: images, labels: labels, learningRate: 0.1, number: 1)
  let middle = network.parameters
  let second = try program(network)
  #expect(network.parameters == middle)
  first = nil
  let kept = network.parameters
  _ = try second.step(images: images, labels: labels, learningRate: 0.1, number: 2)
  #expect(kept == middle, "a copy, not the training's memory")
  #expect(network.parameters != middle)
}

@Test func `weights in a file are neither copied nor written to`() throws {
  let folder = TemporaryFolder()
  let drawn = try network()
  #expect(!drawn.isInFile)
  try drawn.save(to: folder.path("model"))
  let network = try Network(drawn.model, contentsOf: folder.path("model"))
  #expect(network.isInFile)
  let bytes = try folder.read("model/weights.safetensors")
  var training: TrainingProgram? = try program(network)
  #expect(!network.isInFile)
  _ = try training!.step(images: images, labels: labels, learningRate: 0.1, number: 1)
  training = nil
  #expect(network.parameters != drawn.parameters)
  #expect(try folder.read("model/weights.safetensors") == bytes)
}

@Test func `a training has the network's own memory, not a copy of it`() throws {
  let network = try network()
  func addresses() -> [String: UnsafeMutableRawPointer] {
    network.parameterViews.mapValues { $0.sharedMemory.address }
  }
  let before = addresses()
  let training = try program(network)
  #expect(addresses() == before)
  _ = try training.step(images: images, labels: labels, learningRate: 0.1, number: 1)
}
