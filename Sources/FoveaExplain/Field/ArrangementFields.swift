import FoveaCore
import FoveaGraph

extension Op.Reshape: FieldRule {
  /// Axes that were split or joined are taken together; within such a group a range of numbers stays one.
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    let box = box.clipped(to: result)
    guard !box.isEmpty else { return Box(shapes[0].dimensions.map { _ in 0..<0 }) }
    var ranges: [Range<Int>] = []
    for group in matchingGroups(shapes[0].dimensions, result.dimensions) {
      let lengths = Shape(Array(result.dimensions[group.result]))
      let first = lengths.element(at: box.ranges[group.result].map(\.lowerBound))
      let last = lengths.element(at: box.ranges[group.result].map { $0.upperBound - 1 })
      let operand = Shape(Array(shapes[0].dimensions[group.operand]))
      let (from, to) = (operand.position(of: first), operand.position(of: last))
      // Behind the first axis along which both ends differ, everything is passed.
      let differing = zip(from, to).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? operand.rank
      ranges += (0..<operand.rank).map { axis in
        axis <= differing ? from[axis]..<(to[axis] + 1) : 0..<operand[axis]
      }
    }
    return Box(ranges)
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

extension Op.Transpose: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    Box(inverse.order.map { box.ranges[$0] })
  }
}

extension Op.Slice: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    Box(zip(box.ranges, start).map { ($0.lowerBound + $1)..<($0.upperBound + $1) })
  }
}

extension Op.Pad: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    Box(zip(box.ranges, before).map { ($0.lowerBound - $1)..<($0.upperBound - $1) })
  }
}

extension Op.Concatenate: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    let before = shapes[..<operand].reduce(0) { $0 + $1[axis] }
    var box = box
    let range = box.ranges[axis].clamped(to: before..<(before + shapes[operand][axis]))
    box.ranges[axis] = (range.lowerBound - before)..<(range.upperBound - before)
    return box
  }
}

extension Op.Broadcast: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box { box.stretched(to: shapes[0]) }
}
