import FoveaCore
import FoveaGraph

extension Op.MatrixProduct: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    let leading = Array(box.ranges.dropLast(2))
    let (rows, columns) = (box.ranges[leading.count], box.ranges[leading.count + 1])
    let shape = shapes[operand]
    if operand == 0 {
      return Box(leading + (transposesA ? [0..<shape[leading.count], rows] : [rows, 0..<shape[leading.count + 1]]))
    }
    return Box(
      leading + (transposesB ? [columns, 0..<shape[leading.count + 1]] : [0..<shape[leading.count], columns]))
  }
}

extension Op.OneHot: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box { Box(Array(box.ranges.dropLast())) }
}

extension Reduction {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    let folded = Set(axes)
    var kept = box.ranges[...]
    return Box(
      shapes[0].dimensions.enumerated().map { axis, length in
        if folded.contains(axis) {
          if keepsAxes { kept.removeFirst() }
          return 0..<length
        }
        return kept.removeFirst()
      })
  }
}

extension Op.Sum: FieldRule {}
extension Op.Mean: FieldRule {}
extension Op.Maximum: FieldRule {}

extension Op.Softmax: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box { box.allChannels(of: shapes[0]) }
}

extension Op.LogSoftmax: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box { box.allChannels(of: shapes[0]) }
}

extension Op.BatchNormalize: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    operand == 0 ? box : Box(all: shapes[operand])
  }
}

extension Box {
  fileprivate func allChannels(of shape: Shape) -> Box { Box(ranges.dropLast() + [0..<shape.channels]) }
}
