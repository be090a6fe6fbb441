import FoveaCompiler
internal import Glibc

/// How often numbers of what size came, without their sign.
struct ActivationHistogram: Sendable {
  private static let bins = 2048
  private var counts = [Int](repeating: 0, count: bins)
  /// What the last bin ends at; doubled, bins by pairs, when a larger number comes.
  private var limit: Float = 0
  private var isSigned = false

  mutating func add(_ numbers: UnsafeBufferPointer<Float>) {
    var (largest, least): (Float, Float) = (0, 0)
    for number in numbers { (largest, least) = (max(largest, abs(number)), min(least, number)) }
    if least < 0 { isSigned = true }
    guard largest > 0, largest.isFinite else {
      counts[0] += numbers.count
      return
    }
    if limit == 0 { limit = largest }
    while limit < largest {
      for bin in 0..<(Self.bins / 2) { counts[bin] = counts[2 * bin] + counts[2 * bin + 1] }
      for bin in (Self.bins / 2)..<Self.bins { counts[bin] = 0 }
      limit *= 2
    }
    let factor = Float(Self.bins) / limit
    counts.withUnsafeMutableBufferPointer { counts in
      for number in numbers {
        let place = abs(number) * factor
        // What is no number, or beyond, is in the last one.
        counts[place < Float(Self.bins) ? Int(place) : Self.bins - 1] += 1
      }
    }
  }

  /// The least range that holds this part of the numbers, 0...100.
  func range(percentile: Double) -> Quantization.Range {
    let wanted = Double(counts.reduce(0, +)) * percentile / 100
    var (sum, last) = (0, 0)
    for (bin, count) in counts.enumerated() where count > 0 && Double(sum) < wanted { (sum, last) = (sum + count, bin) }
    return Quantization.Range(largest: limit * Float(last + 1) / Float(Self.bins), isSigned: isSigned)
  }

  /// The range whose rounding and cutting off change the numbers least, by the sum of squares.
  func rangeOfLeastError() -> Quantization.Range {
    let width = Double(limit) / Double(Self.bins)
    let candidates = stride(from: Self.bins / 16, through: Self.bins, by: Self.bins / 128)
    func error(_ end: Int) -> Double {
      let largest = width * Double(end)
      let step = largest / (isSigned ? 127 : 255)
      var sum = 0.0
      for (bin, count) in counts.enumerated() where count > 0 {
        let beyond = (Double(bin) + 0.5) * width - largest
        sum += Double(count) * (bin < end ? step * step / 12 : beyond * beyond)
      }
      return sum
    }
    let best = candidates.min { error($0) < error($1) } ?? Self.bins
    return Quantization.Range(largest: Float(width * Double(best)), isSigned: isSigned)
  }
}
