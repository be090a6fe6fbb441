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

/// An input position that lies under a position of the window, both counted in row-major order.
struct Tap {
  var input: Int
  var window: Int
}

extension Window {
  /// For each output position, in row-major order, the taps of the window there. Padding has no taps.
  func taps(over lengths: [Int]) -> [[Tap]] {
    var taps = [[Tap(input: 0, window: 0)]]
    for axis in 0..<rank {
      let (length, before) = (lengths[axis], edges(axis, length: lengths[axis]).before)
      let tapsAlongAxis = (0..<output(axis, length: length)).map { p in
        (0..<size[axis]).map { k in Tap(input: p * strides[axis] + k * dilations[axis] - before, window: k) }
          .filter { (0..<length).contains($0.input) }
      }
      taps = taps.flatMap { outer in
        tapsAlongAxis.map { inner in
          outer.flatMap { a in
            inner.map { b in Tap(input: a.input * length + b.input, window: a.window * size[axis] + b.window) }
          }
        }
      }
    }
    return taps
  }
}
