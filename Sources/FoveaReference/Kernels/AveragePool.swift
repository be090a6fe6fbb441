package import FoveaCore
package import FoveaGraph

extension Op.AveragePool: ReferenceKernel {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (x, padded) = (inputs[0], window.positionsInPaddedInput(of: inputs[0].shape))
    var y = ReferenceTensor<Scalar>(shape: shape)
    window.forEachPlace(over: x.shape) { atY, atX in
      let sum = atX.reduce(0) { $0 + x.values[$1] }
      y.values[atY] = sum / Scalar(divisor(inside: atX.count, padded: padded[atY / shape.channels % padded.count]))
    }
    return y
  }

  /// - Parameters:
  ///   - inside: how many positions of the window lie inside the image.
  ///   - padded: how many lie inside the image or its padding.
  fileprivate func divisor(inside: Int, padded: Int) -> Int {
    switch divisor {
    case .inside: inside
    case .padded: padded
    case .number(let number): number
    }
  }
}

extension Op.AveragePoolGradient: ReferenceKernel {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (g, padded) = (inputs[0], forward.window.positionsInPaddedInput(of: shape))
    var result = ReferenceTensor<Scalar>(shape: shape)
    forward.window.forEachPlace(over: shape) { atY, atX in
      let divisor = forward.divisor(inside: atX.count, padded: padded[atY / shape.channels % padded.count])
      for place in atX { result.values[place] += g.values[atY] / Scalar(divisor) }
    }
    return result
  }
}

extension Window {
  /// For each output position, in row-major order, how many positions of the window do not hang over the padding.
  fileprivate func positionsInPaddedInput(of x: Shape) -> [Int] {
    (0..<rank).reduce([1]) { counts, axis in
      let length = x[axis + 1]
      let along = (0..<output(axis, length: length)).map { covered(axis, at: $0, length: length) }
      return counts.flatMap { count in along.map { count * $0 } }
    }
  }
}
