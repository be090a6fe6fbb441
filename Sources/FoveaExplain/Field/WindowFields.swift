import FoveaCore
import FoveaGraph

extension Window {
  /// The spatial positions of the input under the windows at these output positions. Of the padding, only how far they
  /// reach into it.
  func seen(by box: Box, of x: Shape) -> [RangeSet<Int>] {
    (0..<rank).map { axis in
      RangeSet(box.axes[axis + 1].ranges.flatMap { taps(under: $0, axis, length: x[axis + 1]) })
    }
  }

  private func taps(under windows: Range<Int>, _ axis: Int, length: Int) -> [Range<Int>] {
    let (before, stride, dilation) = (edges(axis, length: length).before, strides[axis], dilations[axis])
    // Windows without gaps that touch or overlap.
    if dilation == 1, windows.count == 1 || size[axis] >= stride {
      let start = windows.lowerBound * stride - before
      return [start..<(start + (windows.count - 1) * stride + size[axis])]
    }
    return windows.flatMap { window in
      let start = window * stride - before
      // The first tap that is not before the input, and the last that is not behind it.
      let first = min(max((-start + dilation - 1) / dilation, 0), size[axis])
      let last = min(max(floorQuotient(length - 1 - start, dilation), -1), size[axis] - 1)
      let inside = first <= last ? Array(first...last) : []
      return ([0, size[axis] - 1] + inside).map { (start + $0 * dilation)..<(start + $0 * dilation + 1) }
    }
  }

  /// What of a pooled tensor's input; every channel is seen on its own.
  func pooledField(by box: Box, of x: Shape) -> [Box] {
    [Box([box.axes[0]] + seen(by: box, of: x) + [box.axes[rank + 1]])]
  }
}

extension Op.Convolution: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    guard operand == 0 else { return [Box(all: shapes[operand])] }
    let channels = box.axes[window.rank + 1].grouped(result.channels / groups, to: shapes[0].channels / groups)
    return [Box([box.axes[0]] + window.seen(by: box, of: shapes[0]) + [channels])]
  }
}

extension Op.ConvolutionInputGradient: FieldRule {
  /// The inputs whose kernels reach the results.
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    guard operand == 0 else { return [Box(all: shapes[operand])] }
    let window = forward.window
    let spatial = (0..<window.rank).map { axis in
      RangeSet(
        box.axes[axis + 1].positions.flatMap { place in
          window.sources(reaching: place, axis, length: result[axis + 1]).map { $0..<($0 + 1) }
        })
    }
    let (each, seen) = (result.channels / forward.groups, shapes[0].channels / forward.groups)
    return [Box([box.axes[0]] + spatial + [box.axes[window.rank + 1].grouped(each, to: seen)])]
  }
}

extension Window {
  /// The inputs p of a transposed window for which p · s + k · d − padding is `place`, for some k of the kernel.
  fileprivate func sources(reaching place: Int, _ axis: Int, length: Int) -> [Int] {
    let (stride, dilation) = (strides[axis], dilations[axis])
    let padded = place + edges(axis, length: length).before
    let last = floorQuotient(padded, stride)
    let first = max(floorQuotient(padded - extent(axis), stride) + 1, 0)
    return first <= last ? (first...last).filter { (padded - $0 * stride) % dilation == 0 } : []
  }
}

/// ⌊a / b⌋ for a positive b.
private func floorQuotient(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((-a + b - 1) / b) }

extension Op.MaxPool: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    window.pooledField(by: box, of: shapes[0])
  }
}

extension Op.MaxPoolSwitches: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    window.pooledField(by: box, of: shapes[0])
  }
}

extension Op.AveragePool: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    window.pooledField(by: box, of: shapes[0])
  }
}

extension Op.LpPool: FieldRule {
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    window.pooledField(by: box, of: shapes[0])
  }
}

extension Op.MaxUnpool: FieldRule {
  /// A switch may point anywhere: the windows are not known here.
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    let all = Box(all: shapes[operand])
    return [Box([box.axes[0]] + all.axes.dropFirst().dropLast() + [box.axes[box.axes.count - 1]])]
  }
}

extension Op.Patches: FieldRule {
  /// A number of a patch comes from one place of the window and one channel.
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box] {
    let (x, last) = (shapes[0], box.axes[window.rank + 1])
    if last == RangeSet(0..<result.channels) {
      return [Box([box.axes[0]] + window.seen(by: box, of: x) + [RangeSet(0..<x.channels)])]
    }
    let numbers = Dictionary(grouping: last.positions) { $0 / x.channels }
    return numbers.sorted { $0.key < $1.key }.map { place, numbers in
      let offset = Shape(window.size).position(of: place)
      let spatial = (0..<window.rank).map { axis in
        let start = offset[axis] * window.dilations[axis] - window.edges(axis, length: x[axis + 1]).before
        return RangeSet(
          box.axes[axis + 1].positions.map { start + $0 * window.strides[axis] }.map { $0..<($0 + 1) })
      }
      return Box([box.axes[0]] + spatial + [RangeSet(numbers.map { ($0 % x.channels)..<($0 % x.channels + 1) })])
    }
  }
}
