import FoveaCore
import FoveaGraph

extension Op.MatrixProduct: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    let leading = Array(box.axes.dropLast(2))
    let (rows, columns) = (box.axes[leading.count], box.axes[leading.count + 1])
    let all = Box(all: shapes[operand]).axes[leading.count...]
    if operand == 0 { return [Box(leading + (transposesA ? [all.first!, rows] : [rows, all.last!]))] }
    return [Box(leading + (transposesB ? [columns, all.last!] : [all.first!, columns]))]
  }
}

extension Op.OneHot: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] { [Box(Array(box.axes.dropLast()))] }
}

extension Reduction {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    let folded = Set(axes)
    var kept = box.axes[...]
    return [
      Box(
        shapes[0].dimensions.enumerated().map { axis, length in
          guard folded.contains(axis) else { return kept.removeFirst() }
          if keepsAxes { kept.removeFirst() }
          return RangeSet(0..<length)
        })
    ]
  }
}

extension Op.Sum: FieldRule {}
extension Op.Mean: FieldRule {}
extension Op.Maximum: FieldRule {}

extension Op.Softmax: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] { box.competing(in: shapes[0]) }
}

extension Op.LogSoftmax: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] { box.competing(in: shapes[0]) }
}

extension Box {
  /// Every channel; of a single one nothing, because its share is 1 whatever it is.
  fileprivate func competing(in shape: Shape) -> [Box] {
    shape.channels == 1 ? [] : [replacing(axes.count - 1, by: RangeSet(0..<shape.channels))]
  }
}
