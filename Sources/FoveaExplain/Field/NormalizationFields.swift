import FoveaCore
import FoveaGraph

extension Op.GroupNorm: FieldRule {
  /// Of each example, every position of the group's channels.
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    guard operand == 0, let last = box.ranges.last else { return Box(all: shapes[operand]) }
    let size = shapes[0].channels / groups
    let channels = (last.lowerBound / size * size)..<(((last.upperBound - 1) / size + 1) * size)
    return Box([box.ranges[0]] + Box(all: shapes[0]).ranges.dropFirst().dropLast() + [channels])
  }
}

extension Op.LocalResponseNorm: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    var seen = box
    let (last, count) = (box.ranges.count - 1, shapes[0].channels)
    let range = box.ranges[last].clamped(to: 0..<count)
    let (first, end) = (
      neighbors(of: range.lowerBound, among: count), neighbors(of: range.upperBound - 1, among: count)
    )
    seen.ranges[last] = first.lowerBound..<end.upperBound
    return seen
  }
}

extension Op.Lookup: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    operand == 1 ? Box(Array(box.ranges.dropLast())) : Box(all: shapes[0])
  }
}
