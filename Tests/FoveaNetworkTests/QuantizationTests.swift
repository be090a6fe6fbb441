import FoveaCompiler
import FoveaCore
import FoveaLayers
import FoveaNetwork
import FoveaTestSupport
import Testing

/// A residual block with a shortcut of its own, one without, pooling and dense layers; normalisations fold.
private struct Blocks: Model {
  var body: Sequential {
    Conv2D(filters: 16, kernel: 3, strides: 2, padding: .same, bias: false).named("first")
    BatchNorm().named("norm")
    ReLU()
    MaxPool2D(3, strides: 2, padding: .same)
    Residual {
      Conv2D(filters: 16, kernel: 1, activation: .relu).named("a")
      Conv2D(filters: 32, kernel: 3, padding: .same).named("b")
    } shortcut: {
      Conv2D(filters: 32, kernel: 1).named("c")
    }
    ReLU()
    Residual {
      Conv2D(filters: 32, kernel: 3, padding: .same, activation: .relu).named("d")
      Conv2D(filters: 32, kernel: 3, padding: .same).named("e")
    }
    ReLU()
    GlobalAveragePool2D()
    Dense(24, activation: .tanh).named("f")
    Dense(10).named("g")
  }
}

private let input: Shape = [24, 20, 3]

/// What computes with whole numbers on this processor.
private let computing: BackendChoice = BackendChoice.computesWholeNumbers ? .onednn : .reference

private func network(_ backend: BackendChoice = computing) throws -> Network {
  let network = try Network(Blocks(), input: input, seed: 3, backend: backend)
  // Normalisations that do something, also turn signs.
  var parameters: [String: Tensor] = [:]
  for (leaf, values) in [
    ("scale", { 0.5 + Float($0 % 5) * 0.2 }), ("bias", { Float($0 % 7) * 0.1 - 0.3 }),
    ("moving_mean", { Float($0 % 3) * 0.2 - 0.2 }), ("moving_variance", { 0.4 + Float($0 % 4) * 0.3 }),
  ] as [(String, (Int) -> Float)] {
    parameters["norm.\(leaf)"] = Tensor(
      (0..<16).map { leaf == "scale" && $0 % 4 == 1 ? -values($0) : values($0) }, shape: [16])
  }
  network.parameters = parameters
  return network
}

private func batch(_ count: Int, seed: UInt64 = 1) -> Tensor {
  let random = RandomStream(seed: seed, stream: RandomStream.identifier(of: "pictures"))
  return Tensor((0..<(count * input.count)).map(random.normal), shape: Shape([count] + input.dimensions))
}

/// How far two results are from one another, relative to how much the expected one varies.
private func error(_ found: Tensor, _ expected: Tensor) -> Float {
  let (a, b) = (found.floats, expected.floats)
  let mean = b.reduce(0, +) / Float(b.count)
  return (zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / b.reduce(0) { $0 + ($1 - mean) * ($1 - mean) })
    .squareRoot()
}

@Test func `a network computes with whole numbers from end to end, and nearly the same`() throws {
  let network = try network()
  let x = batch(4)
  let expected = try network.predict(batch: x)
  for method in [Calibration.Method.leastError, .percentile(99.99), .percentile(100)] {
    network.quantization = try network.calibration(on: [batch(4, seed: 2), batch(4, seed: 3)]).quantization(method)
    #expect(network.quantization?.layers.count == 8)
    let found = try network.predict(batch: x)
    #expect(found != expected && error(found, expected) < 0.06, "\(method)")
    // The same again, and in another batch.
    #expect(try network.predict(batch: x) == found)
    #expect(try network.predict(batch: batch(7)).floats.prefix(40) == found.floats.prefix(40))
  }
  network.precision = .exact
  #expect(error(try network.predict(batch: x), expected) < 1e-5)
}

@Test func `what only layers with whole numbers read stays whole`() throws {
  let network = try network(.reference)
  network.quantization = try network.calibration(on: [batch(2)]).quantization(.percentile(100))
  let operations = try network.plan(batchSize: 2).steps.map(\.operation)
  #expect(operations.count(where: { $0.hasPrefix("int8 ") }) == 8)
  #expect(!operations.contains("dequantize"))
  #expect(operations[1] == "int8 convolution+bias+relu" && operations[2] == "max_pool")
}

@Test(.enabled(if: BackendChoice.computesWholeNumbers, "the processor does not multiply bytes"))
func `both backends agree, to the rounding of single numbers`() throws {
  let (fast, slow) = (try network(), try network(.reference))
  let quantization = try fast.calibration(on: [batch(3)]).quantization(.leastError)
  (fast.quantization, slow.quantization) = (quantization, quantization)
  #expect(error(try fast.predict(batch: batch(2)), try slow.predict(batch: batch(2))) < 0.01)
}

@Test func `a layer that is left out computes in float32`() throws {
  let network = try network()
  let calibration = try network.calibration(on: [batch(2)])
  #expect(calibration.layers == ["a", "b", "c", "d", "e", "f", "first", "g"].map { "\($0).weights" })
  network.quantization = calibration.quantization(.percentile(100), except: ["d.weights"])
  #expect(network.quantization?.layers["d.weights"] == nil)
  let kernels = try network.plan().steps.filter {
    $0.operation.contains("convolution") && !$0.operation.hasPrefix("int8")
  }
  #expect(kernels.count == 1)
}

@Test func `ranges are saved with the model, and go when its parameters change`() throws {
  let (folder, network) = (TemporaryFolder(), try network())
  network.quantization = try network.calibration(on: [batch(2)]).quantization(.leastError)
  try network.save(to: folder.path("model"))
  let again = try Network(Blocks(), contentsOf: folder.path("model"), backend: computing)
  #expect(again.quantization == network.quantization)
  #expect(try again.predict(batch: batch(3)) == network.predict(batch: batch(3)))
  again.parameters = ["g.bias": Tensor(shape: [10])]
  #expect(again.quantization == nil)
}

@Test func `numbers that are not finite, or hardly any, do not end a calibration`() throws {
  let network = try network()
  for number in [Float.nan, .infinity, .leastNormalMagnitude / 100, 0] {
    var values = batch(2).floats.map { number.magnitude < 1 ? $0 * number : $0 }
    values[7] = number
    let calibration = try network.calibration(on: [Tensor(values, shape: batch(2).shape)])
    #expect(calibration.layers.count == 8)
  }
}

@Test func `a calibration says what does not fit`() throws {
  let network = try network()
  let none = #expect(throws: NetworkError.self) { try network.calibration(on: []) }
  #expect(none?.description == "no examples to calibrate on: give one batch or more")
  let other = #expect(throws: NetworkError.self) { try network.calibration(on: [batch(2), batch(3)]) }
  #expect(other?.description == "the examples are 3×24×20×3 of float32, the first were 2×24×20×3 of float32")
}
