import FoveaCompiler
import FoveaCore
import FoveaLayers
import FoveaNetwork
import FoveaTestSupport
import Testing

private let giga = 1_000_000_000

private let divisions: [(batchSize: Int, multiplyAdds: Int, weightBytes: Int, expected: Int)] = [
  // U-Net at 256×256, and at twice the side; DenseNet-121, GoogLeNet and ResNet-50.
  (16, 48 * giga, 124 << 20, 8), (16, 192 * giga, 124 << 20, 2), (5, 300 * giga, 124 << 20, 1),
  (16, 2_834_000_000, 30 << 20, 4), (16, 1_500_000_000, 26 << 20, 8), (16, 4 * giga, 98 << 20, 16),
  // Not enough work for two parts, nothing that divides, no work at all.
  (16, 15 * giga, 528 << 20, 16), (13, 48 * giga, 124 << 20, 13), (16, 0, 0, 16), (1, 300 * giga, 0, 1),
  (1 << 40, 640, 2600, 1 << 40),
]

@Test(arguments: divisions)
func `a batch is divided into parts that are enough work`(
  batchSize: Int, multiplyAdds: Int, weightBytes: Int, expected: Int
) {
  let size = BatchParts.size(of: batchSize, multiplyAdds: multiplyAdds, weightBytes: weightBytes)
  #expect(size == expected)
  #expect(BatchParts.size(of: size, multiplyAdds: multiplyAdds, weightBytes: weightBytes) == size)
}

private struct Small: Model {
  var body: Sequential {
    Conv2D(filters: 4, kernel: 3, padding: .same)
    ReLU()
    Conv2D(filters: 2, kernel: 3, strides: 2)
  }
}

@Test(arguments: [1, 2, 3, 6])
func `a batch in parts gives what each example gives`(part: Int) throws {
  let network = try Network(Small(), input: [9, 8, 3], seed: 3)
  let shape: Shape = [6, 9, 8, 3]
  let stream = RandomStream(seed: 1, stream: 2)
  let images = Tensor((0..<shape.count).map(stream.normal), shape: shape)
  var runs = 0
  let found = try network.predict(batch: images, partSize: part) { program in
    runs += 1
    #expect(program.plan.inputs["input"]?.shape == [part, 9, 8, 3])
    program.run()
  }
  #expect(runs == 6 / part)
  #expect(found.shape == [6, 4, 3, 2])
  let expected = try (0..<6).flatMap { index in
    let one = images.floats[(216 * index)..<(216 * (index + 1))]
    return try network.predict(batch: Tensor(Array(one), shape: [1, 9, 8, 3])).floats
  }
  #expect(relativeError(of: found.floats.map(Double.init), to: expected.map(Double.init)) < 1e-5)
}

private struct Classifier: Model {
  var body: Sequential {
    Conv2D(filters: 64, kernel: 5, padding: .same)
    ReLU()
    MaxPool2D(4)
    Flatten()
    Dense(20)
  }
}

/// Tolerances: another order of sums in `float32`; a rounding of an activation to bfloat16 the other way.
@Test(arguments: [(Precision.exact, 1e-5), (.float32, 1e-4), (.bfloat16, 1e-2)])
func `a batch whose first layers go in parts gives what each example gives`(
  precision: Precision, tolerance: Double
) throws {
  let network = try Network(Classifier(), input: [64, 64, 16], seed: 3)
  network.precision = precision
  #expect(try network.plan(batchSize: 8).front.parts == 2)
  let stream = RandomStream(seed: 1, stream: 2)
  let count = network.inputShape.count
  let images = Tensor((0..<(8 * count)).map(stream.normal), shape: [8, 64, 64, 16])
  for _ in 0..<2 {
    let found = try network.predict(batch: images)
    #expect(found.shape == [8, 20])
    let expected = try (0..<8).flatMap { index in
      let one = images.floats[(count * index)..<(count * (index + 1))]
      return try network.predict(batch: Tensor(Array(one), shape: [1, 64, 64, 16])).floats
    }
    #expect(relativeError(of: found.floats.map(Double.init), to: expected.map(Double.init)) < tolerance)
  }
}
