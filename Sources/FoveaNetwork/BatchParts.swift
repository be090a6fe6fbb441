import FoveaGraph
import FoveaONNX

/// Predicts a large batch part by part, where a part alone keeps the machine busy: what lies between the layers then takes
/// the memory of a part, at nearly the speed of the whole, or faster, since it stays in the caches.
///
/// What parts cost is that weights are read and transformed once for each. U-Net on 16 pictures of 256×256 takes 8 at once:
/// 0.6 of the memory at 0.98 of the speed; DenseNet-121 takes 4: 0.55 of the memory at 1.04 of the speed.
package enum BatchParts {
  /// The multiply-adds of a part at least: about a second's, or some fifty milliseconds' where weights stay in the cache.
  private static let (leastMultiplyAdds, leastWithFewWeights) = (250 << 30, 10 << 30)
  /// A share of the last-level cache of a server's processor.
  private static let fewWeightBytes = 32 << 20
  /// Where a part would have more examples, each takes too little memory to be worth it.
  private static let mostExamples = 4096

  /// The examples that are computed at once: all, or as few as are enough work and divide the batch.
  ///
  /// - Parameters:
  ///   - multiplyAdds: of one example.
  ///   - weightBytes: of all parameters.
  package static func size(of batchSize: Int, multiplyAdds: Int, weightBytes: Int) -> Int {
    guard multiplyAdds > 0 else { return batchSize }
    let enough = weightBytes <= fewWeightBytes ? leastWithFewWeights : leastMultiplyAdds
    let least = (enough + multiplyAdds - 1) / multiplyAdds
    guard least <= mostExamples else { return batchSize }
    // Where there is no divisor near what is enough, the batch stays whole.
    return (least..<max(min(2 * least, batchSize), least)).first { batchSize.isMultiple(of: $0) } ?? batchSize
  }
}

extension Network {
  /// The examples of a batch that are computed at once.
  package func partSize(of batchSize: Int) -> Int {
    goesInParts ? BatchParts.size(of: batchSize, multiplyAdds: multiplyAdds, weightBytes: weightBytes) : batchSize
  }

  /// Whether the examples of a batch do not depend on each other; what an ONNX file computes may depend on the whole.
  var goesInParts: Bool { !(model is ONNXModel) }
}
