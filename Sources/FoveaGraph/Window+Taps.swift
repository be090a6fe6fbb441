/// An input position that lies under a position of the window, both counted in row-major order.
package struct Tap {
  package var input: Int
  package var window: Int
}

extension Window {
  /// For each output position, in row-major order, the taps of the window there. Padding has no taps.
  package func taps(over lengths: [Int]) -> [[Tap]] {
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
