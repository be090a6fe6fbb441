import FoveaCompiler
import FoveaCore
import FoveaLayers
import FoveaNetwork
import FoveaOneDNN
import FoveaTraining
import Testing

private struct Small: Model {
  var body: Sequential {
    Conv2D(filters: 16, kernel: 3, padding: .same, bias: false)
    BatchNorm()
    ReLU()
    MaxPool2D(2)
    Residual {
      Conv2D(filters: 16, kernel: 3, padding: .same, activation: .relu)
      Conv2D(filters: 16, kernel: 3, padding: .same)
    }
    ReLU()
    Flatten()
    Dense(10)
  }
}

private let input: Shape = [12, 12, 3]

private func batch(_ count: Int) -> Tensor {
  let random = RandomStream(seed: 4, stream: RandomStream.identifier(of: "pictures"))
  return Tensor((0..<(count * input.count)).map(random.normal), shape: Shape([count] + input.dimensions))
}

private func error(_ found: Tensor, _ expected: Tensor) -> Float {
  let (a, b) = (found.floats, expected.floats)
  return (zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / b.reduce(0) { $0 + $1 * $1 }).squareRoot()
}

@Suite(.enabled(if: OneDNNBackend.emulatesBFloat16, "oneDNN has no bfloat16 without AVX-512"))
struct `networks in bfloat16` {
  init() { BackendChoice.emulatesBFloat16.store(true, ordering: .relaxed) }

  @Test func `predict nearly the same on both backends, and hold activations in 16 bits`() throws {
    for backend in BackendChoice.allCases {
      let network = try Network(Small(), input: input, seed: 1, backend: backend)
      let expected = try network.predict(batch: batch(4))
      network.precision = .bfloat16
      let found = try network.predict(batch: batch(4))
      #expect(found != expected && error(found, expected) < 0.02, "\(backend)")
      #expect(try network.predict(batch: batch(4)) == found)
      let steps = try network.plan(batchSize: 4).steps
      #expect(steps.count { $0.operation.hasPrefix("bfloat16 ") } == 4)
      // The picture, and the sum of the last block, which is averaged by nobody: its flattened view stays narrow, too.
      #expect(steps.count { $0.operation == "to_bfloat16" } == 1, "\(steps.map(\.operation))")
    }
  }

  @Test func `learn as in float32, with the same bits each time`() throws {
    func losses(_ precision: Precision) throws -> [Float] {
      let network = try Network(Small(), input: input, seed: 2)
      let program = try TrainingProgram(
        network, loss: .crossEntropy, optimizer: SGD(momentum: 0.9), batchSizes: [16], seed: 0, precision: precision)
      let labels = Tensor((0..<16).map { Int32($0 % 10) }, shape: [16])
      return try (1...25).map { step in
        try program.step(images: batch(16), labels: labels, learningRate: 0.02, number: step).loss
      }
    }
    let (exact, narrow) = (try losses(.exact), try losses(.bfloat16))
    let again = try losses(.bfloat16)
    #expect(exact != narrow && narrow == again)
    #expect(abs(exact[0] - narrow[0]) < 0.02 * exact[0])
    #expect(narrow.last! < 0.3 * narrow[0])
    #expect(abs(exact.last! - narrow.last!) < 0.1 * exact[0])
  }
}
