package import FoveaCore
package import FoveaGraph

extension Op.Patches: ReferenceKernel {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    var y = ReferenceTensor<Scalar>(shape: shape)
    forEachNumber(of: inputs[0].shape) { atX, atY in y.values[atY] = inputs[0].values[atX] }
    return y
  }

  /// Calls `body` with the places in x and y of every number that is not padding.
  fileprivate func forEachNumber(of x: Shape, _ body: (_ atX: Int, _ atY: Int) -> Void) {
    let lengths = Array(x.dimensions[1...window.rank])
    let taps = window.taps(over: lengths)
    for n in 0..<x[0] {
      for (p, taps) in zip((n * taps.count)..., taps) {
        for tap in taps {
          for c in 0..<x.channels {
            body(
              (n * Shape(lengths).count + tap.input) * x.channels + c,
              (p * window.count + tap.window) * x.channels + c)
          }
        }
      }
    }
  }
}

extension Op.PatchesGradient: ReferenceKernel {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    var result = ReferenceTensor<Scalar>(shape: shape)
    forward.forEachNumber(of: shape) { atX, atY in result.values[atX] += inputs[0].values[atY] }
    return result
  }
}
