package import FoveaCore
package import FoveaGraph

extension Op.Convolution: ReferenceKernel {
  /// `y[n, p, o] = Σ x[n, p·stride + k·dilation − before, i] · w[k, i, o]`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (x, w) = (inputs[0], inputs[1])
    var y = ReferenceTensor<Scalar>(shape: shape)
    forEachProduct(x.shape, w.shape) { atX, atW, atY in y.values[atY] += x.values[atX] * w.values[atW] }
    return y
  }

  /// Calls `body` with the places in x, w and y of every product that the convolution sums.
  fileprivate func forEachProduct(
    _ x: Shape, _ w: Shape, _ body: (_ atX: Int, _ atW: Int, _ atY: Int) -> Void
  ) {
    let lengths = Array(x.dimensions[1...window.rank])
    let positions = Shape(lengths).count
    let (channels, filters) = (x.channels, w.channels)
    let (channelsOfGroup, filtersOfGroup) = (channels / groups, filters / groups)
    let taps = window.taps(over: lengths)
    for n in 0..<x[0] {
      for (p, taps) in zip((n * taps.count)..., taps) {
        for tap in taps {
          for o in 0..<filters {
            let firstChannel = o / filtersOfGroup * channelsOfGroup
            for i in 0..<channelsOfGroup {
              body(
                (n * positions + tap.input) * channels + firstChannel + i,
                (tap.window * channelsOfGroup + i) * filters + o,
                p * filters + o)
            }
          }
        }
      }
    }
  }
}

extension Op.ConvolutionInputGradient: ReferenceKernel {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (g, w) = (inputs[0], inputs[1])
    var result = ReferenceTensor<Scalar>(shape: shape)
    forward.forEachProduct(shape, w.shape) { atX, atW, atY in result.values[atX] += g.values[atY] * w.values[atW] }
    return result
  }
}

extension Op.ConvolutionWeightsGradient: ReferenceKernel {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (g, x) = (inputs[0], inputs[1])
    var result = ReferenceTensor<Scalar>(shape: shape)
    forward.forEachProduct(x.shape, shape) { atX, atW, atY in result.values[atW] += g.values[atY] * x.values[atX] }
    return result
  }
}
