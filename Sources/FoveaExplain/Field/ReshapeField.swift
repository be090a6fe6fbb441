import FoveaCore
import FoveaGraph

extension Op.Reshape: FieldRule {
  /// Axes that were split or joined are taken together: through the numbers of their elements.
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    var boxes = [Box([RangeSet<Int>]())]
    for group in matchingGroups(shapes[0].dimensions, result.dimensions) {
      let elements = Self.elements(of: box.axes[group.result], in: result.dimensions[group.result])
      let parts = Self.boxes(of: elements, in: shapes[0].dimensions[group.operand])
      boxes = boxes.flatMap { box in parts.map { Box(box.axes + $0) } }
    }
    return boxes
  }

  /// The numbers of the elements at these positions, in row-major order.
  private static func elements(of axes: ArraySlice<RangeSet<Int>>, in lengths: ArraySlice<Int>) -> RangeSet<Int> {
    var elements = RangeSet(0..<1)
    var count = 1
    for (positions, length) in zip(axes, lengths).reversed() {
      if elements.hull == 0..<count, elements.ranges.count == 1 {
        elements = RangeSet(positions.ranges.map { ($0.lowerBound * count)..<($0.upperBound * count) })
      } else {
        elements = RangeSet(
          positions.positions.flatMap { place in elements.moved(by: place * count).ranges })
      }
      count *= length
    }
    return elements
  }

  /// Boxes of these elements, given by their numbers: rows in which the same is seen are one box.
  private static func boxes(of elements: RangeSet<Int>, in lengths: ArraySlice<Int>) -> [[RangeSet<Int>]] {
    guard lengths.count > 1 else { return lengths.isEmpty ? [[]] : [[elements]] }
    let rest = lengths.dropFirst()
    let row = rest.reduce(1, *)
    var whole = RangeSet<Int>()
    var parts: [Int: RangeSet<Int>] = [:]
    for range in elements.ranges {
      let (first, last) = (range.lowerBound / row, (range.upperBound - 1) / row)
      for place in Set([first, last]) {
        let part = range.clamped(to: (place * row)..<((place + 1) * row))
        parts[place, default: RangeSet()].insert(
          contentsOf: (part.lowerBound - place * row)..<(part.upperBound - place * row))
      }
      if first + 1 < last { whole.insert(contentsOf: (first + 1)..<last) }
    }
    var places: [RangeSet<Int>: RangeSet<Int>] = whole.isEmpty ? [:] : [RangeSet(0..<row): whole]
    for (place, part) in parts { places[part, default: RangeSet()].insert(contentsOf: place..<(place + 1)) }
    return places.sorted { $0.value.hull.lowerBound < $1.value.hull.lowerBound }.flatMap { part, places in
      boxes(of: part, in: rest).map { [places] + $0 }
    }
  }

  /// The shortest runs of axes of both shapes that hold as many numbers.
  private func matchingGroups(_ a: [Int], _ b: [Int]) -> [(operand: Range<Int>, result: Range<Int>)] {
    var groups: [(operand: Range<Int>, result: Range<Int>)] = []
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      let (startA, startB) = (i, j)
      var (countA, countB) = (a[i], b[j])
      (i, j) = (i + 1, j + 1)
      while countA != countB {
        if countA < countB {
          countA *= a[i]
          i += 1
        } else {
          countB *= b[j]
          j += 1
        }
      }
      groups.append((startA..<i, startB..<j))
    }
    // What is left has the length 1.
    if i < a.count || j < b.count {
      let last = groups.popLast() ?? (0..<0, 0..<0)
      groups.append((last.operand.lowerBound..<a.count, last.result.lowerBound..<b.count))
    }
    return groups
  }
}
