package import FoveaCore
package import FoveaGraph

extension Op.AveragePool: ReferenceKernel {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let x = inputs[0]
    var y = ReferenceTensor<Scalar>(shape: shape)
    window.forEachPlace(over: x.shape) { atY, atX in
      let sum = atX.reduce(0) { $0 + x.values[$1] }
      y.values[atY] = sum / Scalar(divisor(inside: atX.count))
    }
    return y
  }

  /// - Parameter inside: how many positions of the window lie inside the image.
  fileprivate func divisor(inside: Int) -> Int { countsPadding ? window.count : inside }
}

extension Op.AveragePoolGradient: ReferenceKernel {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let g = inputs[0]
    var result = ReferenceTensor<Scalar>(shape: shape)
    forward.window.forEachPlace(over: shape) { atY, atX in
      for place in atX { result.values[place] += g.values[atY] / Scalar(forward.divisor(inside: atX.count)) }
    }
    return result
  }
}
