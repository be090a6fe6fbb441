package import FoveaCore
package import FoveaGraph

extension Op.BorderPad: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].elements(at: places(in: inputs[0].shape), shape: shape)
  }

  /// For each number of the result, in row-major order, the number of x that it repeats.
  fileprivate func places(in x: Shape) -> [Int] {
    var places = [0]
    for (axis, stride) in x.rowMajorStrides.enumerated() {
      let sources = sources(axis, length: x[axis])
      places = places.flatMap { place in sources.map { place + $0 * stride } }
    }
    return places
  }
}

extension Op.BorderPadGradient: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    var result = ReferenceTensor<Scalar>(shape: shape)
    for (g, place) in zip(inputs[0].values, forward.places(in: shape)) { result.values[place] += g }
    return result
  }
}
