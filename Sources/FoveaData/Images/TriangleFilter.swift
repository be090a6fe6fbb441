/// One direction of a resize: for each new position the old ones it draws from, and their weights in fixed point.
///
/// - Source: Pillow's `Resample.c` for the meaning of the numbers: weights w(x) = 1 - |x| stretched over the reduction
///   factor, normalised to 1, rounded to 22 bits; sums rounded to 8 bits after each direction.
struct TriangleFilter {
  private static let bits: Int32 = 22

  /// The first old position, and how many, of each new position.
  private var spans: [(start: Int, count: Int)] = []
  /// `width` weights for each new position; those past its count are zero.
  private var weights: [Int32] = []
  private let width: Int
  let isIdentity: Bool
  /// The old positions that any of the new ones draws from.
  let inputs: Range<Int>

  init(from oldSize: Int, to newSize: Int, outputs: Range<Int>) {
    let scale = Double(oldSize) / Double(newSize)
    let support = max(scale, 1)
    let narrowing = 1 / support  // a factor, as in Pillow: the last bit of a weight can decide about a grey level
    width = Int(support.rounded(.up)) * 2 + 1
    isIdentity = oldSize == newSize && outputs == 0..<newSize
    var row = [Double](repeating: 0, count: width)
    weights.reserveCapacity(width * outputs.count)
    for output in outputs {
      let center = (Double(output) + 0.5) * scale
      let start = max(0, Int(center - support + 0.5))
      let count = min(oldSize, Int(center + support + 0.5)) - start
      var sum = 0.0
      for i in 0..<count {
        row[i] = max(0, 1 - abs((Double(start + i) - center + 0.5) * narrowing))
        sum += row[i]
      }
      for i in 0..<width {
        let weight = i < count && sum != 0 ? row[i] / sum : 0
        weights.append(Int32(0.5 + weight * Double(1 << Self.bits)))
      }
      spans.append((start, count))
    }
    inputs = (spans.first?.start ?? 0)..<(spans.last.map { $0.start + $0.count } ?? 0)
  }

  /// Rounds a fixed-point sum of non-negative weights to a byte; rounding errors of the weights may go past 255.
  @inline(__always)
  private static func byte(_ sum: Int32) -> UInt8 { UInt8(truncatingIfNeeded: min(sum >> bits, 255)) }

  private static var half: Int32 { 1 << (bits - 1) }

  /// Filters along one row of grey pixels.
  func applyGray(_ source: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<UInt8>) {
    weights.withUnsafeBufferPointer { weights in
      for (output, span) in spans.enumerated() {
        let weight = weights.baseAddress! + output * width
        let from = source + span.start
        var sum = Self.half
        for i in 0..<span.count { sum &+= Int32(from[i]) &* weight[i] }
        target[output] = Self.byte(sum)
      }
    }
  }

  /// Filters along one row of pixels of three bytes.
  func applyRGB(_ source: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<UInt8>) {
    weights.withUnsafeBufferPointer { weights in
      for (output, span) in spans.enumerated() {
        let weight = weights.baseAddress! + output * width
        var from = source + 3 * span.start
        var (red, green, blue) = (Self.half, Self.half, Self.half)
        for i in 0..<span.count {
          red &+= Int32(from[0]) &* weight[i]
          green &+= Int32(from[1]) &* weight[i]
          blue &+= Int32(from[2]) &* weight[i]
          from += 3
        }
        let to = target + 3 * output
        (to[0], to[1], to[2]) = (Self.byte(red), Self.byte(green), Self.byte(blue))
      }
    }
  }

  /// Filters across rows of `stride` bytes; `source` begins with row `inputs.lowerBound`.
  func applyRows(_ source: UnsafePointer<UInt8>, stride: Int, into target: UnsafeMutablePointer<UInt8>) {
    var sums = [Int32](repeating: 0, count: stride)
    sums.withUnsafeMutableBufferPointer { sums in
      for (output, span) in spans.enumerated() {
        for i in 0..<stride { sums[i] = Self.half }
        for tap in 0..<span.count {
          let weight = weights[output * width + tap]
          let row = source + (span.start - inputs.lowerBound + tap) * stride
          for i in 0..<stride { sums[i] &+= Int32(row[i]) &* weight }
        }
        let to = target + output * stride
        for i in 0..<stride { to[i] = Self.byte(sums[i]) }
      }
    }
  }
}
