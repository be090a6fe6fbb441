import FoveaCore

/// Elements of a tensor: some positions along each axis, and every combination of them. What leaves the tensor lies on
/// padding.
struct Box: Hashable {
  var axes: [RangeSet<Int>]

  init(_ axes: [RangeSet<Int>]) { self.axes = axes }
  init(_ ranges: [Range<Int>]) { axes = ranges.map { RangeSet($0) } }
  /// One element.
  init(_ position: [Int]) { self.init(position.map { $0..<($0 + 1) }) }
  init(all shape: Shape) { self.init(shape.dimensions.map { 0..<$0 }) }

  var isEmpty: Bool { axes.contains(where: \.isEmpty) }

  func contains(_ other: Box) -> Bool { zip(axes, other.axes).allSatisfy { $1.isSubset(of: $0) } }

  /// What of it lies in a tensor of this shape.
  func clipped(to shape: Shape) -> Box {
    Box(zip(axes, shape.dimensions).map { $0.intersection(RangeSet(0..<$1)) })
  }

  /// The same along every axis but one.
  func replacing(_ axis: Int, by positions: RangeSet<Int>) -> Box {
    var box = self
    box.axes[axis] = positions
    return box
  }

  /// Of an operand that stretches to the result: axes of 1 are seen by all.
  func stretched(to operand: Shape) -> Box {
    Box(zip(operand.dimensions, axes.suffix(operand.rank)).map { $0 == 1 ? RangeSet(0..<1) : $1 })
  }
}

extension RangeSet<Int> {
  /// From the first to the last position; empty if there is none.
  var hull: Range<Int> {
    guard let first = ranges.first, let last = ranges.last else { return 0..<0 }
    return first.lowerBound..<last.upperBound
  }

  /// One by one.
  var positions: [Int] { ranges.flatMap { Array($0) } }

  func moved(by distance: Int) -> RangeSet<Int> {
    RangeSet(ranges.map { ($0.lowerBound + distance)..<($0.upperBound + distance) })
  }
}

/// Elements of a tensor as few boxes.
struct Boxes {
  private(set) var list: [Box] = []
  /// So many are kept apart; more are joined, to larger ones. Only forks that look at a tensor in many ways get there.
  private static let most = 64

  /// Adds a box, joined with the others where that adds nothing else.
  mutating func insert(_ box: Box) {
    guard !box.isEmpty else { return }
    var box = box
    var index = 0
    while index < list.count {
      if list[index].contains(box) { return }
      if box.contains(list[index]) {
        list.remove(at: index)
      } else if let axis = onlyDifference(between: box, and: list[index]) {
        box.axes[axis].formUnion(list.remove(at: index).axes[axis])
        index = 0
      } else {
        index += 1
      }
    }
    list.append(box)
    guard list.count > Self.most else { return }
    let last = list.removeLast()
    let joined = Box(zip(last.axes, list.removeLast().axes).map { $0.union($1) })
    insert(joined)
  }

  private func onlyDifference(between a: Box, and b: Box) -> Int? {
    let axes = a.axes.indices.filter { a.axes[$0] != b.axes[$0] }
    return axes.count == 1 ? axes[0] : nil
  }
}
