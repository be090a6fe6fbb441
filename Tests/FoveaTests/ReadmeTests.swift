import Fovea
import Foundation
import Testing

// The Swift of README.md, so that it compiles; the test below sees to it that it is the same.

private func example() async throws {
  let data = try MNIST(directory: "data/mnist")
  let network = try Network(LeNet5(), input: [28, 28, 1], name: "lenet5")
  print(network.summary())

  var trainer = Trainer(network, loss: .crossEntropy, optimizer: Adam(learningRate: 1e-3))
  trainer.output = "runs/digits"
  try await trainer.fit(data.train, epochs: 5, batchSize: 128, validation: data.test)

  let picture = try Image(contentsOf: "seven.png")
  for guess in try network.classify(picture, top: 3) { print(guess.name, guess.probability) }
  try network.save(to: "digits.fovea")
}

struct TinyNet: Model {
  var body: Sequential {
    Conv2D(filters: 32, kernel: 3, padding: .same, activation: .relu)
    Residual {
      Conv2D(filters: 32, kernel: 3, padding: .same, bias: false)
      BatchNorm()
    }
    GlobalAveragePool2D()
    Dense(10)
  }
}

@Test func `the README's Swift compiles`() throws {
  let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
  let compiled = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
  let blocks = readme.components(separatedBy: "```swift\n").dropFirst()
    .map { $0.components(separatedBy: "```")[0] }
  #expect(blocks.count == 2)
  for line in blocks.joined().split(separator: "\n") {
    #expect(compiled.contains(line.trimmingCharacters(in: .whitespaces)), "\(line) is not in the test")
  }
}

@Test func `the README's own model is traced`() throws {
  let network = try Network(TinyNet(), input: [32, 32, 3])
  #expect(network.outputShape == [10])
  #expect(network.summary().parameters == 3 * 3 * 3 * 32 + 32 + 3 * 3 * 32 * 32 + 64 + 32 * 10 + 10)
}

@Test func `every command of the README is one of the command's`() throws {
  let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
  let commands = readme.matches(of: /`fovea ([a-z-]+)/).map { String($0.output.1) }
  #expect(
    Set(commands) == [
      "train", "evaluate", "predict", "summary", "models", "layers", "shapes", "explain", "lesson", "run", "bench",
      "export-samples", "convert", "quantize",
    ])
}
