/// Philox4x32-10: a counter-based random generator. The 128 random bits are a function of a 128-bit counter and a
/// 64-bit key, so a draw does not depend on which draws came before it, nor on which thread asks.
///
/// - Source: Salmon, Moraes, Dror & Shaw 2011, "Parallel Random Numbers: As Easy as 1, 2, 3", §3.3 and table 2.
public struct Philox: Sendable {
  public var key: SIMD2<UInt32>

  public init(key: SIMD2<UInt32>) { self.key = key }

  /// The four random words of `counter`.
  public func callAsFunction(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    var (counter, key) = (counter, self.key)
    for _ in 0..<10 {
      let product0 = UInt64(counter.x) * 0xD251_1F53
      let product1 = UInt64(counter.z) * 0xCD9E_8D57
      counter = SIMD4(
        UInt32(truncatingIfNeeded: product1 >> 32) ^ counter.y ^ key.x, UInt32(truncatingIfNeeded: product1),
        UInt32(truncatingIfNeeded: product0 >> 32) ^ counter.w ^ key.y, UInt32(truncatingIfNeeded: product0))
      key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return counter
  }
}
