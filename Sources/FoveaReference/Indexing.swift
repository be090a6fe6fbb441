package import FoveaCore
import FoveaGraph

/// Where each element of `shape`, in row-major order, lies in memory that has these strides.
package func offsets(of shape: Shape, strides: [Int], from start: Int = 0) -> [Int] {
  var offsets = [start]
  for (length, stride) in zip(shape.dimensions, strides) {
    offsets = offsets.flatMap { offset in (0..<length).map { offset + $0 * stride } }
  }
  return offsets
}

extension Shape {
  /// For each element of `target`, in row-major order, which element of this shape stretches to it.
  func offsets(stretchedTo target: Shape) -> [Int] {
    let added = [Int](repeating: 0, count: target.rank - rank)
    let strides = zip(dimensions, rowMajorStrides).map { length, stride in length == 1 ? 0 : stride }
    return FoveaReference.offsets(of: target, strides: added + strides)
  }
}
