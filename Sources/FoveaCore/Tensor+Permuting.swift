extension Tensor {
  /// The same elements with the axes in another order: axis i of the result is axis `order[i]` of this.
  package func permuted(_ order: [Int]) -> Tensor {
    precondition(order.sorted() == Array(0..<shape.rank), "\(order) is no order of \(shape.rank) axes")
    let target = Shape(order.map { shape[$0] })
    let strides = shape.rowMajorStrides
    return withUnsafeBytes { source in
      Tensor(shape: target, elementType: elementType) { bytes in
        let steps = order.map { strides[$0] }
        switch elementType.byteCount {
        case 4: copy(source.bindMemory(to: UInt32.self), to: bytes.bindMemory(to: UInt32.self), target, steps)
        case 2: copy(source.bindMemory(to: UInt16.self), to: bytes.bindMemory(to: UInt16.self), target, steps)
        default: copy(source.bindMemory(to: UInt8.self), to: bytes.bindMemory(to: UInt8.self), target, steps)
        }
      }
    }
  }
}

/// Fills `target`, row-major of `shape`, from where `steps` lead along each axis.
///
/// Two axes are walked in blocks, along which one of the two sides lies side by side each: the last, and that with the
/// smallest step. So a line of the cache is used up while it is there.
private func copy<Word>(
  _ source: UnsafeBufferPointer<Word>, to target: UnsafeMutableBufferPointer<Word>, _ shape: Shape, _ steps: [Int]
) {
  guard shape.count > 0 else { return }
  guard let last = steps.last, let length = shape.dimensions.last else {
    target[0] = source[0]
    return
  }
  let (places, sizes) = (shape.rowMajorStrides, shape.dimensions)
  let others = sizes.indices.dropLast().filter { sizes[$0] > 1 }.sorted { steps[$0] > steps[$1] }
  let near = last == 1 ? nil : others.last
  let (rows, rowStep, rowPlace) = near.map { (sizes[$0], steps[$0], places[$0]) } ?? (1, 0, 0)
  let outer = near == nil ? others : others.dropLast()
  var index = [Int](repeating: 0, count: outer.count)
  var (from, to) = (0, 0)
  let block = 32
  while true {
    for firstRow in stride(from: 0, to: rows, by: block) {
      for first in stride(from: 0, to: length, by: last == 1 ? length : block) {
        let end = last == 1 ? length : min(first + block, length)
        for row in firstRow..<min(firstRow + block, rows) {
          let (read, written) = (from + row * rowStep, to + row * rowPlace)
          for i in first..<end { target[written + i] = source[read + i * last] }
        }
      }
    }
    // The next place of the other axes, that with the smallest step first.
    var axis = outer.count - 1
    while axis >= 0 {
      index[axis] += 1
      from += steps[outer[axis]]
      to += places[outer[axis]]
      if index[axis] < sizes[outer[axis]] { break }
      from -= steps[outer[axis]] * sizes[outer[axis]]
      to -= places[outer[axis]] * sizes[outer[axis]]
      index[axis] = 0
      axis -= 1
    }
    if axis < 0 { return }
  }
}
