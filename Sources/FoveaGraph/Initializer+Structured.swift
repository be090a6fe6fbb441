import FoveaCore

extension Initializer {
  /// Normal numbers of which those farther than two deviations from 0 are drawn again. `deviation` is that before the cut.
  static func truncatedNormal(_ deviation: Float, shape: Shape, _ stream: RandomStream) -> Tensor {
    // A try of every number at a time: number i of try t comes from index t · count + i.
    let values = (0..<shape.count).map { i -> Float in
      for attempt in 0..<64 {
        let number = stream.normal(attempt * shape.count + i)
        if abs(number) <= 2 { return deviation * number }
      }
      return 0
    }
    return Tensor(values, shape: shape)
  }

  /// A matrix with orthonormal columns, or rows where it is wider than high, times `gain`: all axes but the last are its
  /// rows.
  static func orthogonal(_ gain: Float, shape: Shape, _ stream: RandomStream) -> Tensor {
    let columns = shape.rank == 0 ? 1 : shape[shape.rank - 1]
    let rows = shape.count / max(columns, 1)
    let (count, length) = (min(rows, columns), max(rows, columns))
    // Gram and Schmidt, twice for each vector, which is as exact as rounding allows.
    var basis: [[Double]] = []
    for index in 0..<count {
      var vector = (0..<length).map { Double(stream.normal(index * length + $0)) }
      for _ in 0..<2 {
        for other in basis {
          let projection = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
          for i in 0..<length { vector[i] -= projection * other[i] }
        }
      }
      let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      basis.append(vector.map { $0 / norm })
    }
    let values = (0..<shape.count).map { i -> Float in
      let (row, column) = (i / columns, i % columns)
      return gain * Float(rows >= columns ? basis[column][row] : basis[row][column])
    }
    return Tensor(values, shape: shape)
  }

  /// Weights `window…×I×O` that leave the input as it is: 1 in the middle of the window from channel i to channel i of
  /// each group.
  static func dirac(shape: Shape, groups: Int) -> Tensor {
    var values = [Float](repeating: 0, count: shape.count)
    guard shape.rank >= 2 else { return Tensor(values, shape: shape) }
    let (inputs, outputs) = (shape[shape.rank - 2], shape[shape.rank - 1])
    let middle = shape.dimensions.dropLast(2).reduce(0) { $0 * $1 + $1 / 2 }
    for o in 0..<outputs {
      let i = o % max(outputs / groups, 1)
      if i < inputs { values[(middle * inputs + i) * outputs + o] = 1 }
    }
    return Tensor(values, shape: shape)
  }

  /// Weights `window…×I×O` with which a transposed convolution of stride ⌈window / 2⌉ interpolates linearly, channel by
  /// channel; a depthwise one (I = 1) likewise.
  static func bilinear(shape: Shape, groups: Int) -> Tensor {
    var values = [Float](repeating: 0, count: shape.count)
    guard shape.rank >= 2 else { return Tensor(values, shape: shape) }
    let (inputs, outputs) = (shape[shape.rank - 2], shape[shape.rank - 1])
    let window = Array(shape.dimensions.dropLast(2))
    for place in 0..<window.reduce(1, *) {
      var (rest, weight) = (place, 1.0)
      for length in window.reversed() {
        let stride = Double((length + 1) / 2)
        let center = Double(length - 1) / 2
        weight *= max(0, 1 - abs(Double(rest % length) - center) / stride)
        rest /= length
      }
      for o in 0..<outputs {
        let i = inputs == 1 ? 0 : o % max(outputs / groups, 1)
        if i < inputs { values[(place * inputs + i) * outputs + o] = Float(weight) }
      }
    }
    return Tensor(values, shape: shape)
  }
}
