import Fovea
import FoveaTestSupport
import Testing

@Test func `a network is trained, saved and asked with one import`() async throws {
  let folder = TemporaryFolder()
  let data = try writeMNIST(to: folder.path("mnist"), folder)

  let network = try Network(LeNet5(), input: [28, 28, 1])
  print(network.summary())
  var trainer = Trainer(network, loss: .crossEntropy, optimizer: Adam(learningRate: 1e-3))
  trainer.shouldStop = { false }
  try await trainer.fit(data.train, epochs: 1, batchSize: 8, validation: data.test)
  let image = try data.test.image(at: 0)
  let probabilities = try network.predict(image)
  #expect(probabilities.count == 10 && abs(probabilities.reduce(0, +) - 1) < 1e-5)
  try network.save(to: folder.path("digits.fovea"))
  #expect(try Network(LeNet5(), contentsOf: folder.path("digits.fovea")).predict(image) == probabilities)
}

private func writeMNIST(to path: String, _ folder: TemporaryFolder) throws -> MNIST {
  for (split, count) in [("train", 16), ("t10k", 8)] {
    let pixels = (0..<count * 784).map { UInt8(truncatingIfNeeded: $0 * 7) }
    folder.write(
      [0, 0, 8, 3, 0, 0, 0, UInt8(count), 0, 0, 0, 28, 0, 0, 0, 28] + pixels, to: "mnist/\(split)-images-idx3-ubyte")
    folder.write(
      [0, 0, 8, 1, 0, 0, 0, UInt8(count)] + (0..<count).map { UInt8($0 % 10) }, to: "mnist/\(split)-labels-idx1-ubyte")
  }
  return try MNIST(directory: path)
}
