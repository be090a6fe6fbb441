import FoveaCore
import FoveaGraph
import FoveaOneDNN
import FoveaReference
import FoveaTestSupport
import Testing

private let nan = Float.nan
private let infinity = Float.infinity

/// The result of `operation` on both backends, which must be the same bits but for the sign of what is not a number.
private func evaluate(_ operation: any Operation, _ inputs: [Float]..., shape: Shape? = nil) throws -> [Float] {
  let tensors = inputs.map { Tensor($0, shape: shape ?? [$0.count]) }
  let fast = try #require(try OneDNNBackend().evaluate(operation, on: tensors)).floats
  let reference = try #require(try ReferenceBackend().evaluate(operation, on: tensors)).floats
  #expect(fast.count == reference.count)
  for (a, b) in zip(fast, reference) {
    #expect(a == b || (a.isNaN && b.isNaN) || abs(a / b - 1) < 1e-6, "\(operation): \(fast), \(reference)")
  }
  return fast
}

@Test func `what is not a number stays so under a window, in a largest value, and between two`() throws {
  let x: [Float] = [nan, 1, 1, nan, 2, 3, nan, nan]
  let pooled = try evaluate(Op.MaxPool(Window(size: [2], strides: [2])), x, shape: [1, 8, 1])
  #expect(pooled[2] == 3)
  #expect([0, 1, 3].allSatisfy { pooled[$0].isNaN })
  // 20 and 16 channels: the kernel for any width and that for whole registers.
  for channels in [16, 20] {
    let wide = x.flatMap { [Float](repeating: $0, count: channels) }
    let result = try evaluate(Op.MaxPool(Window(size: [2], strides: [2])), wide, shape: [1, 8, channels])
    #expect(result.map(\.isNaN) == [true, true, false, true].flatMap { [Bool](repeating: $0, count: channels) })
  }
  #expect(try evaluate(Op.Maximum(over: [0]), [1, nan, 2])[0].isNaN)
  #expect(try evaluate(Op.Maximum(over: [0]), [Float](repeating: 0, count: 700) + [nan, 5, 1])[0].isNaN)
  #expect(try evaluate(Op.Larger(), [nan, 1, 2], [1, nan, 3]).map(\.isNaN) == [true, true, false])
  #expect(try evaluate(Op.Smaller(), [nan, 1, 2], [1, nan, 3]).map(\.isNaN) == [true, true, false])
}

@Test func `functions keep their values up to the largest float`() throws {
  let large: [Float] = [3e38, 3.4e38, .greatestFiniteMagnitude, infinity, 0x1p-130, 0]
  #expect(try evaluate(Op.Logarithm(), large)[3] == infinity)
  #expect(try evaluate(Op.Logarithm(), large)[2] < 89)
  #expect(try evaluate(Op.ExponentialMinus1(), [86, 87, 88, 88.7, 89, infinity, -100])[2] > 1.6e38)
  #expect(try evaluate(Op.Power(0), [0, -2, infinity, 3]) == [1, 1, 1, 1])
  #expect(try evaluate(Op.Power(0.5), [3e38, 4, 0])[1] == 2)
  #expect(try evaluate(Op.Tanh(), [50, 1e30, infinity, -1e30]) == [1, 1, 1, -1])
  #expect(try evaluate(Op.Sigmoid(), [100, infinity, -3e38]) == [1, 1, 0])
}

@Test(arguments: [
  Op.AveragePool(Window(size: [1200, 1100])), Op.AveragePool(Window(size: [1200, 1100]), divisor: .number(1)),
])
func `a sum under a window of a million numbers is as exact as one of ten`(_ pool: Op.AveragePool) throws {
  let shape: Shape = [1, 1200, 1100, 3]
  let x = (0..<shape.count).map { Float($0 % 1009) / 1009 + 0.5 }
  let found = try #require(try OneDNNBackend().evaluate(pool, on: [Tensor(x, shape: shape)])).floats
  let count = 1200 * 1100
  for channel in 0..<3 {
    let sum = stride(from: channel, to: shape.count, by: 3).reduce(0.0) { $0 + Double(x[$1]) }
    let expected = pool.divisor == .number(1) ? sum : sum / Double(count)
    #expect(abs(Double(found[channel]) / expected - 1) < 1e-6)
  }
}

@Test func `a norm under a window of a million numbers is as exact as one of ten`() throws {
  let x = Tensor((0..<1_200_000).map { Float($0 % 1009) / 1009 }, shape: [1, 1_200_000, 1])
  let found = try #require(try OneDNNBackend().evaluate(Op.LpPool(Window(size: [1_200_000]), power: 2), on: [x]))
  let expected = x.floats.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  #expect(abs(Double(found.floats[0]) / expected - 1) < 1e-6)
}

@Test(arguments: [1, 2, 16, 64]) func `a normalised number that is its own mean is 0, however large`(channels: Int)
  throws
{
  let x = (0..<(3 * channels)).map { Float(10_000 + 1000 * ($0 / channels)) }
  let norm = Op.GroupNorm(groups: channels, epsilon: 1e-5)
  let ones = Tensor([Float](repeating: 1, count: channels), shape: [channels])
  let zeros = Tensor([Float](repeating: 0, count: channels), shape: [channels])
  let inputs = [Tensor(x, shape: [3, 1, 1, channels]), ones, zeros]
  #expect(try #require(try OneDNNBackend().evaluate(norm, on: inputs)).floats.allSatisfy { $0 == 0 })
}
