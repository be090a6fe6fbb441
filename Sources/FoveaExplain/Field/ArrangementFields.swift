import FoveaCore
import FoveaGraph

extension Op.Transpose: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    [Box(inverse.order.map { box.axes[$0] })]
  }
}

extension Op.Slice: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    [Box(zip(box.axes, start).map { $0.moved(by: $1) })]
  }
}

extension Op.Pad: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    [Box(zip(box.axes, before).map { $0.moved(by: -$1) })]
  }
}

extension Op.Concatenate: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    let before = shapes[..<operand].reduce(0) { $0 + $1[axis] }
    let own = box.axes[axis].intersection(RangeSet(before..<(before + shapes[operand][axis])))
    return [box.replacing(axis, by: own.moved(by: -before))]
  }
}

extension Op.Broadcast: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] { [box.stretched(to: shapes[0])] }
}

extension Op.SparseMap: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    var seen = box
    for (axis, matrix) in zip(axis..., matrices) {
      let columns = box.axes[axis].positions.flatMap { matrix[$0].map(\.column) }
      seen.axes[axis] = RangeSet(columns.map { $0..<($0 + 1) })
    }
    return [seen]
  }
}
