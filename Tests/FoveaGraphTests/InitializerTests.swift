import FoveaCore
import FoveaGraph
import Testing

/// A 3×3 kernel: fan-in 9 · 32, fan-out 9 · 64.
private let kernel: Shape = [3, 3, 32, 64]
private let (fanIn, fanOut) = (288.0, 576.0)

@Test(
  arguments: [
    (.uniform(limit: 0.25), 0.25), (.glorotUniform, (6 / (fanIn + fanOut)).squareRoot()),
    (.heUniform, (6 / fanIn).squareRoot()), (.lecunUniform, (3 / fanIn).squareRoot()),
  ] as [(Initializer, Double)])
func `uniform numbers fill their limits`(initializer: Initializer, limit: Double) {
  let numbers = initializer.tensor(shape: kernel, path: "w", seed: 1).array().map { Double($0) }
  #expect(numbers.allSatisfy { abs($0) <= limit * (1 + 1e-6) })
  #expect(numbers.min()! < -0.999 * limit && numbers.max()! > 0.999 * limit)
  #expect(abs(mean(numbers)) < 0.02 * limit)
  #expect(abs(mean(numbers.map { $0 * $0 }) / (limit * limit / 3) - 1) < 0.02)
}

@Test(
  arguments: [
    (.normal(deviation: 0.01), 0.01), (.glorotNormal, (2 / (fanIn + fanOut)).squareRoot()),
    (.heNormal, (2 / fanIn).squareRoot()), (.lecunNormal, (1 / fanIn).squareRoot()),
  ] as [(Initializer, Double)])
func `normal numbers have their deviation`(initializer: Initializer, deviation: Double) {
  let numbers = initializer.tensor(shape: kernel, path: "w", seed: 1).array().map { Double($0) / deviation }
  #expect(abs(mean(numbers)) < 0.03)
  #expect(abs(mean(numbers.map { $0 * $0 }) - 1) < 0.03)
  // A normal distribution has 4.55 % of its numbers past two deviations; a uniform one of this deviation has none.
  #expect(abs(mean(numbers.map { abs($0) > 2 ? 1 : 0 }) - 0.0455) < 0.01)
}

@Test func `constants are constant`() {
  #expect(Initializer.zeros.tensor(shape: [3], path: "b", seed: 1).array() == [0, 0, 0])
  #expect(Initializer.constant(1.5).tensor(shape: [2], path: "b", seed: 1).array() == [1.5, 1.5])
}

@Test func `the matrix of a dense layer has its units as fans, a vector its length`() {
  let dense = Initializer.heUniform.tensor(shape: [600, 10], path: "w", seed: 1).array()
  #expect(dense.max()! <= 0.1 && dense.max()! > 0.099)
  let vector = Initializer.heUniform.tensor(shape: [600], path: "w", seed: 1).array()
  #expect(vector.max()! <= 0.1 && vector.max()! > 0.099)
}

@Test func `a draw depends on seed and path alone`() {
  func draw(_ path: String, _ seed: UInt64) -> Tensor {
    Initializer.heNormal.tensor(shape: [16, 16], path: path, seed: seed)
  }
  #expect(draw("conv1.weights", 7) == draw("conv1.weights", 7))
  #expect(draw("conv1.weights", 7) != draw("conv2.weights", 7))
  #expect(draw("conv1.weights", 7) != draw("conv1.weights", 8))
}

private func mean(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(numbers.count) }

@Test func `truncated normal numbers stay within two deviations`() {
  let numbers = Initializer.truncatedNormal(deviation: 0.5).tensor(shape: kernel, path: "w", seed: 1).floats
  #expect(numbers.allSatisfy { abs($0) <= 1 } && numbers.contains { abs($0) > 0.9 })
  let square = numbers.reduce(0) { $0 + Double($1) * Double($1) } / Double(numbers.count)
  #expect(abs(square / Double(Initializer.truncatedNormal(deviation: 0.5).meanSquare(of: kernel)) - 1) < 0.05)
}

@Test(arguments: [.uniform, .normal, .truncatedNormal] as [Initializer.Distribution])
func `scaled variances are scale over fan`(distribution: Initializer.Distribution) {
  let shape: Shape = [3, 3, 20, 50]
  for (fan, count) in [(.in, 180), (.out, 450), (.average, 315)] as [(Initializer.Fan, Double)] {
    let initializer = Initializer.varianceScaling(scale: 2, fan, distribution)
    let numbers = initializer.tensor(shape: shape, path: "w", seed: 3).floats
    let square = numbers.reduce(0) { $0 + Double($1) * Double($1) } / Double(numbers.count)
    #expect(abs(square / (2 / count) - 1) < 0.06, "\(fan)")
    #expect(abs(Double(initializer.meanSquare(of: shape)) / (2 / count) - 1) < 1e-6)
  }
}

@Test(arguments: [[6, 4], [4, 6], [3, 3, 2, 5], [5, 5]] as [Shape])
func `orthogonal weights have orthonormal columns or rows`(shape: Shape) {
  let w = Initializer.orthogonal(gain: 2).tensor(shape: shape, path: "w", seed: 1).floats.map { Double($0) / 2 }
  let columns = shape.channels
  let rows = shape.count / columns
  let vectors =
    rows >= columns
    ? (0..<columns).map { c in (0..<rows).map { w[$0 * columns + c] } }
    : (0..<rows).map { r in (0..<columns).map { w[r * columns + $0] } }
  for (i, a) in vectors.enumerated() {
    for (j, b) in vectors.enumerated() {
      #expect(abs(zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } - (i == j ? 1 : 0)) < 1e-6)
    }
  }
}

@Test func `dirac weights are the identity, bilinear ones interpolate`() {
  let dirac = Initializer.dirac().tensor(shape: [3, 3, 2, 3], path: "w", seed: 0).floats
  #expect(dirac.enumerated().filter { $0.element != 0 }.map(\.offset) == [24, 28])
  #expect(Initializer.dirac().tensor(shape: [2, 2], path: "w", seed: 0).floats == [1, 0, 0, 1])
  let bilinear = Initializer.bilinear().tensor(shape: [4, 4, 1, 1], path: "w", seed: 0).floats
  let row = [0.25, 0.75, 0.75, 0.25] as [Float]
  #expect(bilinear == row.flatMap { a in row.map { a * $0 } })
  #expect(
    Initializer.bilinear().tensor(shape: [3, 2, 2], path: "w", seed: 0).floats == [
      0.5, 0, 0, 0.5, 1, 0, 0, 1, 0.5, 0, 0, 0.5,
    ])
}

@Test func `in groups, dirac weights are the identity of each group, and bilinear ones of each channel`() {
  // 6 channels in 3 groups: filter o sees channels 2 and 2 · (o / 2) + …, and leaves its own as it is.
  let grouped = Initializer.dirac().inGroups(3).tensor(shape: [1, 2, 6], path: "w", seed: 0).floats
  #expect(grouped == [1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1])
  let depthwise = Initializer.dirac().inGroups(4).tensor(shape: [3, 1, 4], path: "w", seed: 0).floats
  #expect(depthwise == [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0])
  // With two results of each channel, the first is the channel itself, as in PyTorch.
  let doubled = Initializer.dirac().inGroups(2).tensor(shape: [1, 1, 4], path: "w", seed: 0).floats
  #expect(doubled == [1, 0, 1, 0])
  let bilinear = Initializer.bilinear().inGroups(2).tensor(shape: [1, 2, 4], path: "w", seed: 0).floats
  #expect(bilinear == [1, 0, 1, 0, 0, 1, 0, 1])
}
