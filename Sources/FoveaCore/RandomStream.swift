#if canImport(Glibc)
  import Glibc
#endif

/// The random numbers of one purpose: draw `index` is a function of (seed, stream, step, index) and of nothing else.
public struct RandomStream: Sendable {
  private let generator: Philox
  private let stream: UInt32
  private let step: UInt32

  /// - Parameters:
  ///   - seed: what the user chose.
  ///   - stream: who draws; `RandomStream.identifier(of:)` makes one from a name.
  ///   - step: when, e.g. the training step or the epoch.
  public init(seed: UInt64, stream: UInt32, step: Int = 0) {
    generator = Philox(key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    self.stream = stream
    self.step = UInt32(truncatingIfNeeded: step)
  }

  /// The stream of a name: its 32-bit FNV-1a hash, the same in every run and on every machine.
  public static func identifier(of name: String) -> UInt32 {
    name.utf8.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
  }

  /// 32 random bits. Four neighbouring indices share one call of the generator.
  public func bits(_ index: Int) -> UInt32 { block(index >> 2)[index & 3] }

  private func block(_ index: Int) -> SIMD4<UInt32> {
    let index = UInt64(index)
    return generator(
      SIMD4(UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), step, stream))
  }

  /// Uniform in 0..<1, on a grid of 2⁻²⁴.
  public func uniform(_ index: Int) -> Float { Float(bits(index) >> 8) * 0x1p-24 }

  /// Uniform integer in `0..<bound`, by multiplication (bias below bound · 2⁻³²).
  public func integer(_ index: Int, below bound: Int) -> Int {
    Int((UInt64(bits(index)) * UInt64(bound)) >> 32)
  }

  /// Standard normal, by the Box-Muller transform of two uniform draws.
  public func normal(_ index: Int) -> Float {
    let words = block(index)
    let radius = (-2 * log((Double(words.x) + 0.5) * 0x1p-32)).squareRoot()
    return Float(radius * cos(2 * .pi * Double(words.y) * 0x1p-32))
  }

  /// A random order of `0..<count` (Fisher-Yates).
  public func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, integer(i, below: i + 1)) }
    return order
  }
}
