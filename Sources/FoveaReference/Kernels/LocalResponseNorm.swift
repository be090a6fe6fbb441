package import FoveaCore
package import FoveaGraph

extension Op.LocalResponseNorm {
  /// k + alpha · Σ x² for every number.
  fileprivate func bases<Scalar>(of x: ReferenceTensor<Scalar>) -> [Scalar] {
    let channels = x.shape.channels
    return x.values.indices.map { i in
      let (row, c) = (i - i % channels, i % channels)
      let seen = max(0, c - size / 2)...min(channels - 1, c + (size - 1) / 2)
      return Scalar(k) + Scalar(alpha) * seen.reduce(0) { $0 + x.values[row + $1] * x.values[row + $1] }
    }
  }
}

extension Op.LocalResponseNorm: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let x = inputs[0]
    return ReferenceTensor(
      zip(x.values, bases(of: x)).map { $0 * Scalar.pow($1, -Scalar(beta)) }, shape: shape)
  }
}

extension Op.LocalResponseNormGradient: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (g, x, bases, channels) = (inputs[0], inputs[1], forward.bases(of: inputs[1]), shape.channels)
    let (alpha, beta) = (Scalar(forward.alpha), Scalar(forward.beta))
    let products = x.values.indices.map { g.values[$0] * x.values[$0] * Scalar.pow(bases[$0], -beta - 1) }
    var dx = x
    for i in x.values.indices {
      let (row, c) = (i - i % channels, i % channels)
      // Those that see it: the window turned round.
      let seeing = max(0, c - (forward.size - 1) / 2)...min(channels - 1, c + forward.size / 2)
      let sum = seeing.reduce(0) { $0 + products[row + $1] }
      dx.values[i] = g.values[i] * Scalar.pow(bases[i], -beta) - 2 * alpha * beta * x.values[i] * sum
    }
    return dx
  }
}
