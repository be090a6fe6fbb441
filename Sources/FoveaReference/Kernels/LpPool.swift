package import FoveaCore
package import FoveaGraph

extension Op.LpPool: ReferenceKernel {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (x, p) = (inputs[0], Scalar(power))
    var y = ReferenceTensor<Scalar>(shape: shape)
    window.forEachPlace(over: x.shape) { atY, atX in
      let sum = atX.reduce(0) { $0 + raise(abs(x.values[$1]), to: p) }
      y.values[atY] = raise(sum, to: 1 / p)
    }
    return y
  }
}

extension Op.LpPoolGradient: ReferenceKernel {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (g, x, y, p) = (inputs[0], inputs[1], inputs[2], Scalar(forward.power))
    var result = ReferenceTensor<Scalar>(shape: shape)
    forward.window.forEachPlace(over: x.shape) { atY, atX in
      for place in atX where x.values[place] != 0 && y.values[atY] != 0 {
        // (|x| / y)ᵖ⁻¹ = |x|ᵖ⁻¹ · y¹⁻ᵖ
        let slope = raise(abs(x.values[place]) / y.values[atY], to: p - 1)
        result.values[place] += g.values[atY] * (x.values[place] > 0 ? slope : -slope)
      }
    }
    return result
  }
}

/// `base ^ exponent` of a base that is not negative.
private func raise<Scalar: ReferenceScalar>(_ base: Scalar, to exponent: Scalar) -> Scalar {
  exponent == 0 ? 1 : base == 0 ? 0 : .exp(exponent * .log(base))
}
