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
private func copy<Word>(
  _ source: UnsafeBufferPointer<Word>, to target: UnsafeMutableBufferPointer<Word>, _ shape: Shape, _ steps: [Int]
) {
  guard shape.count > 0 else { return }
  guard let last = steps.last, let length = shape.dimensions.last else {
    target[0] = source[0]
    return
  }
  var index = [Int](repeating: 0, count: shape.rank)
  var from = 0
  for row in 0..<(shape.count / length) {
    for i in 0..<length { target[row * length + i] = source[from + i * last] }
    for axis in (0..<(shape.rank - 1)).reversed() {
      index[axis] += 1
      from += steps[axis]
      if index[axis] < shape[axis] { break }
      from -= steps[axis] * shape[axis]
      index[axis] = 0
    }
  }
}
