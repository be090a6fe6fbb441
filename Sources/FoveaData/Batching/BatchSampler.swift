import FoveaCore

/// Which samples make which batch: a function of the seed and the epoch, and of nothing else.
public struct BatchSampler: Sendable {
  public let count: Int
  /// At most `count`.
  public let batchSize: Int
  public let shuffles: Bool
  public let seed: UInt64

  /// - Errors: no samples, or a batch size below 1.
  public init(count: Int, batchSize: Int, shuffles: Bool, seed: UInt64) throws(DataError) {
    guard count > 0 else { throw DataError(.usage, "data set", "it has no samples") }
    guard batchSize > 0 else { throw DataError(.usage, "batch size", "it must be at least 1, not \(batchSize)") }
    // A batch never holds more than all samples; sums with larger numbers would overflow.
    (self.count, self.batchSize, self.shuffles, self.seed) = (count, min(batchSize, count), shuffles, seed)
  }

  /// The last batch holds what is left.
  public var batchesPerEpoch: Int { (count + batchSize - 1) / batchSize }

  /// The samples of an epoch in their order.
  public func order(epoch: Int) -> [Int] {
    guard shuffles else { return Array(0..<count) }
    return RandomStream(seed: seed, stream: RandomStream.identifier(of: "shuffle"), step: epoch).permutation(of: count)
  }

  /// The positions of a batch in the order of its epoch.
  public func positions(ofBatch batch: Int) -> Range<Int> {
    batch * batchSize..<min((batch + 1) * batchSize, count)
  }
}
