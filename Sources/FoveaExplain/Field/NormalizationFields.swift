import FoveaCore
import FoveaGraph

extension Op.GroupNorm: FieldRule {
  /// Of each example, every position of the group's channels. A number on its own is its own mean: it always gives the
  /// bias.
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    guard operand == 0, let last = box.axes.last else { return [Box(all: shapes[operand])] }
    let size = shapes[0].channels / groups
    guard size * shapes[0].dimensions.dropFirst().dropLast().reduce(1, *) > 1 else { return [] }
    return [Box([box.axes[0]] + Box(all: shapes[0]).axes.dropFirst().dropLast() + [last.grouped(size, to: size)])]
  }
}

extension RangeSet<Int> {
  /// Of positions in groups of `size`, those of the same groups of `other` positions each.
  func grouped(_ size: Int, to other: Int) -> RangeSet<Int> {
    RangeSet(ranges.map { ($0.lowerBound / size * other)..<((($0.upperBound - 1) / size + 1) * other) })
  }
}

extension Op.LocalResponseNorm: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    let (last, count) = (box.axes.count - 1, shapes[0].channels)
    return [box.replacing(last, by: RangeSet(box.axes[last].positions.map { neighbors(of: $0, among: count) }))]
  }
}

extension Op.BatchNormalize: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    [operand == 0 ? box : Box(all: shapes[operand])]
  }
}

extension Op.Lookup: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    [operand == 1 ? Box(Array(box.axes.dropLast())) : Box(all: shapes[0])]
  }
}
