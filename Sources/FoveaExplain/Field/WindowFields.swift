import FoveaCore
import FoveaGraph

extension Window {
  /// The spatial ranges of the input under the windows of these output ranges, padding included.
  func seen(by ranges: ArraySlice<Range<Int>>, of x: Shape) -> [Range<Int>] {
    ranges.enumerated().map { axis, range in
      let before = edges(axis, length: x[axis + 1]).before
      let start = range.lowerBound * strides[axis] - before
      return start..<((range.upperBound - 1) * strides[axis] - before + extent(axis))
    }
  }

  /// The box of a pooled tensor's input; every channel is seen on its own.
  func pooledField(by box: Box, of x: Shape) -> Box {
    Box([box.ranges[0]] + seen(by: box.ranges[1...rank], of: x) + [box.ranges[rank + 1]])
  }
}

extension Op.Convolution: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    guard operand == 0 else { return Box(all: shapes[operand]) }
    let x = shapes[0]
    let channels = channels(by: box.ranges[window.rank + 1], groups: groups, from: result.channels, of: x.channels)
    return Box([box.ranges[0]] + window.seen(by: box.ranges[1...window.rank], of: x) + [channels])
  }
}

extension Op.ConvolutionInputGradient: FieldRule {
  /// The inputs whose kernels reach the results.
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    guard operand == 0 else { return Box(all: shapes[operand]) }
    let window = forward.window
    let spatial = (0..<window.rank).map { axis in
      let (range, stride) = (box.ranges[axis + 1], window.strides[axis])
      let before = window.edges(axis, length: result[axis + 1]).before
      let first = floorQuotient(range.lowerBound + before - window.extent(axis), stride) + 1
      let last = floorQuotient(range.upperBound - 1 + before, stride)
      return first..<max(last + 1, first)
    }
    let channels = channels(
      by: box.ranges[window.rank + 1], groups: forward.groups, from: result.channels, of: shapes[0].channels)
    return Box([box.ranges[0]] + spatial + [channels])
  }
}

/// ⌊a / b⌋ for a positive b.
private func floorQuotient(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((-a + b - 1) / b) }

/// The input channels in the groups of these output channels.
private func channels(by range: Range<Int>, groups: Int, from outputs: Int, of inputs: Int) -> Range<Int> {
  let (each, seen) = (outputs / groups, inputs / groups)
  return (range.lowerBound / each * seen)..<(((range.upperBound - 1) / each + 1) * seen)
}

extension Op.MaxPool: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    window.pooledField(by: box, of: shapes[0])
  }
}

extension Op.MaxPoolSwitches: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    window.pooledField(by: box, of: shapes[0])
  }
}

extension Op.AveragePool: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    window.pooledField(by: box, of: shapes[0])
  }
}

extension Op.LpPool: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    window.pooledField(by: box, of: shapes[0])
  }
}

extension Op.MaxUnpool: FieldRule {
  /// A switch may point anywhere: the windows are not known here.
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    let all = Box(all: shapes[operand])
    return Box([box.ranges[0]] + all.ranges.dropFirst().dropLast() + [box.ranges[box.ranges.count - 1]])
  }
}

extension Op.Patches: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    var spatial = window.seen(by: box.ranges[1...window.rank], of: shapes[0])
    let (channels, last) = (shapes[0].channels, box.ranges[window.rank + 1])
    // A number of a patch comes from one place of the window.
    if last.count == 1 {
      let offset = Shape(window.size).position(of: last.lowerBound / channels)
      for axis in 0..<window.rank {
        let start = spatial[axis].lowerBound + offset[axis] * window.dilations[axis]
        let windows = box.ranges[axis + 1].count
        spatial[axis] = start..<(start + (windows - 1) * window.strides[axis] + 1)
      }
    }
    let isOne = last.count == 1
    return Box(
      [box.ranges[0]] + spatial
        + [isOne ? (last.lowerBound % channels)..<(last.lowerBound % channels + 1) : 0..<channels])
  }
}

extension Op.SparseMap: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box {
    var seen = box.clipped(to: result)
    for (axis, matrix) in zip(axis..., matrices) {
      let columns = seen.ranges[axis].flatMap { matrix[$0].map(\.column) }
      seen.ranges[axis] = columns.min().map { $0..<(columns.max()! + 1) } ?? 0..<0
    }
    return seen
  }
}
