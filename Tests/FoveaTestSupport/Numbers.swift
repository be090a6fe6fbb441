package import FoveaCore
package import FoveaReference

extension ReferenceTensor<Double> {
  /// Different numbers, evenly spread over `range` and shuffled: no two are equal and none is zero, so that a small step
  /// does not cross the kink of a rectifier or change which number is the largest. Each is a `Float`.
  package static func distinct(
    _ shape: Shape, in range: ClosedRange<Double> = -1...1, seed: UInt64 = 0
  ) -> ReferenceTensor {
    let order = RandomStream(seed: seed, stream: RandomStream.identifier(of: "distinct numbers"))
      .permutation(of: shape.count)
    let step = (range.upperBound - range.lowerBound) / Double(shape.count)
    return ReferenceTensor(
      order.map { Double(Float(range.lowerBound + (Double($0) + 0.25) * step)) }, shape: shape)
  }

  /// Numbers of which many are equal: 0, ½ and 1.
  package static func ties(_ shape: Shape, seed: UInt64 = 0) -> ReferenceTensor {
    let random = RandomStream(seed: seed, stream: RandomStream.identifier(of: "ties"))
    return ReferenceTensor((0..<shape.count).map { Double(random.integer($0, below: 3)) / 2 }, shape: shape)
  }
}

extension ReferenceTensor {
  /// As a tensor: `float32`, or `int32` for integers.
  package var tensor: Tensor {
    isInteger ? Tensor(integers, shape: shape) : Tensor(values.map { Float($0) }, shape: shape)
  }

  package var isInteger: Bool { !integers.isEmpty }

  package var elementType: ElementType { isInteger ? .int32 : .float32 }
}

/// The largest difference of two arrays, relative to the largest number of `expected`; infinite where one has a NaN or
/// an infinity and the other has not.
package func relativeError(of actual: [Double], to expected: [Double]) -> Double {
  guard actual.count == expected.count else { return .infinity }
  var (difference, scale) = (0.0, 0.0)
  for (a, b) in zip(actual, expected) {
    if a == b || (a.isNaN && b.isNaN) {
      scale = max(scale, b.isFinite ? abs(b) : 0)
      continue
    }
    guard a.isFinite, b.isFinite else { return .infinity }
    difference = max(difference, abs(a - b))
    scale = max(scale, abs(b))
  }
  return difference == 0 ? 0 : difference / scale
}
