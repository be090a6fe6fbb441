import FoveaCore

// Where in its arena each buffer lies.

extension Plan {
  /// Gives every buffer of a kind its offset: none shares bytes with another that is needed at the same time.
  ///
  /// No order of placing them is the best for all plans: each is tried until one reaches the bound, the most that is
  /// needed at once.
  ///
  /// - Returns: the bytes of the arena.
  mutating func place(_ kind: Buffer.Kind) -> Int {
    let candidates = buffers.indices.filter { buffers[$0].kind == kind && buffers[$0].lifetime != nil }
    // Prepared weights live for ever, which is more than can be counted.
    let lifetimes = candidates.map { buffers[$0].lifetime!.clamped(to: -1...max(steps.count, preparation.count)) }
    let sizes = candidates.map { Self.aligned(buffers[$0].byteCount) }
    let need = Need(of: Array(zip(lifetimes, sizes)))
    var best: Placement?
    for order in Self.placingOrders(lifetimes, sizes, need) {
      for takesTightest in [false, true] where best.map({ $0.total > need.most }) ?? true {
        let placed = Placement(order, sizes, lifetimes, takesTightest: takesTightest)
        if placed.total < best?.total ?? .max { best = placed }
      }
    }
    for (place, index) in candidates.enumerated() { buffers[index].offset = best!.offsets[place] }
    return best!.total
  }

  /// The orders in which buffers may be placed, the first in each that is placed first.
  ///
  /// - Source: Pisarchyk & Lee 2020, "Efficient Memory Management for Deep Neural Net Inference", §5.2 (by size) and §5.3
  ///   (by what is needed at once).
  private static func placingOrders(_ lifetimes: [ClosedRange<Int>], _ sizes: [Int], _ need: Need) -> [[Int]] {
    func sorted(_ key: (Int) -> Int) -> [Int] {
      let keys = sizes.indices.map(key)
      return sizes.indices.sorted { (keys[$1], sizes[$1], $0) < (keys[$0], sizes[$0], $1) }
    }
    return [
      sorted { sizes[$0] }, sorted { need.most(during: lifetimes[$0]) }, sorted { lifetimes[$0].count },
      sorted { -lifetimes[$0].lowerBound },
    ]
  }

  private static func aligned(_ bytes: Int) -> Int {
    (bytes + AlignedBuffer.alignment - 1) / AlignedBuffer.alignment * AlignedBuffer.alignment
  }
}

/// Buffers in an arena.
private struct Placement {
  let offsets: [Int]
  let total: Int

  /// In this order, each goes to a place that is free during its lifetime: the lowest, or the tightest below what has
  /// been placed.
  init(_ order: [Int], _ sizes: [Int], _ lifetimes: [ClosedRange<Int>], takesTightest: Bool) {
    /// The places of buffers, the lowest first.
    var placed: [(start: Int, end: Int, lifetime: ClosedRange<Int>)] = []
    var (total, offsets) = (0, sizes)
    for buffer in order {
      let (size, lifetime) = (sizes[buffer], lifetimes[buffer])
      var (end, room, offset) = (0, Int.max, Int?.none)
      for other in placed where other.lifetime.overlaps(lifetime) {
        let gap = other.start - end
        if gap >= size, gap < room {
          (room, offset) = (gap, end)
          if !takesTightest { break }
        }
        end = max(end, other.end)
      }
      let start = offset ?? end
      offsets[buffer] = start
      total = max(total, start + size)
      placed.insert((start, start + size, lifetime), at: placed.firstIndex { $0.start > start } ?? placed.count)
    }
    (self.offsets, self.total) = (offsets, total)
  }
}

/// How many bytes are needed at each moment.
private struct Need {
  private let moments: [Int]
  private let bytes: [Int]

  init(of buffers: [(lifetime: ClosedRange<Int>, byteCount: Int)]) {
    var changes: [Int: Int] = [:]
    for (lifetime, byteCount) in buffers {
      changes[lifetime.lowerBound, default: 0] += byteCount
      changes[lifetime.upperBound + 1, default: 0] -= byteCount
    }
    moments = changes.keys.sorted()
    var sum = 0
    bytes = moments.map {
      sum += changes[$0]!
      return sum
    }
  }

  /// The least that an arena can have.
  var most: Int { bytes.max() ?? 0 }

  func most(during lifetime: ClosedRange<Int>) -> Int {
    zip(moments, bytes).reduce(0) { lifetime.contains($1.0) ? max($0, $1.1) : $0 }
  }
}
