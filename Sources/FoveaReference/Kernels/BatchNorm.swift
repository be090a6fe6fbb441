package import FoveaCore
package import FoveaGraph

extension ReferenceTensor {
  /// The places of the elements of a channel of `…×C`.
  fileprivate func places(inChannel c: Int) -> StrideTo<Int> { stride(from: c, to: values.count, by: shape.channels) }

  /// The elements of each channel: all axes but the last.
  fileprivate var elementsPerChannel: Scalar { Scalar(shape.count / shape.channels) }
}

extension Op.BatchNorm: ReferenceKernel {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (x, scale, bias) = (inputs[0], inputs[1], inputs[2])
    let moments = Op.BatchMoments().run([x], shape: [2, shape.channels])
    return Op.BatchNormalize(epsilon: epsilon).run([x, moments, scale, bias], shape: shape)
  }
}

extension Op.BatchMoments: ReferenceKernel {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let x = inputs[0]
    var moments = ReferenceTensor<Scalar>(shape: shape)
    for c in 0..<x.shape.channels {
      let mean = x.places(inChannel: c).reduce(0) { $0 + x.values[$1] } / x.elementsPerChannel
      let squares = x.places(inChannel: c).reduce(0) { $0 + (x.values[$1] - mean) * (x.values[$1] - mean) }
      moments.values[c] = mean
      moments.values[x.shape.channels + c] = squares / x.elementsPerChannel
    }
    return moments
  }
}

extension Op.BatchNormalize: ReferenceKernel {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (x, moments, scale, bias) = (inputs[0], inputs[1], inputs[2], inputs[3])
    var y = x
    for c in 0..<shape.channels {
      let (mean, variance) = (moments.values[c], moments.values[shape.channels + c])
      let deviation = (variance + Scalar(epsilon)).squareRoot()
      for i in x.places(inChannel: c) {
        y.values[i] = scale.values[c] * (x.values[i] - mean) / deviation + bias.values[c]
      }
    }
    return y
  }
}

extension ReferenceTensor {
  /// The gradient of a rectified normalisation where that is more than 0, and 0 elsewhere.
  fileprivate func counted(
    _ epsilon: Float, _ x: ReferenceTensor, _ moments: ReferenceTensor, _ scale: ReferenceTensor,
    _ bias: ReferenceTensor
  ) -> ReferenceTensor {
    let normalized = Op.BatchNormalize(epsilon: epsilon).run([x, moments, scale, bias], shape: x.shape)
    var gradient = self
    for i in gradient.values.indices where !(normalized.values[i] > 0) { gradient.values[i] = 0 }
    return gradient
  }
}

extension Op.BatchNormReductions: ReferenceKernel {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (x, moments) = (inputs[1], inputs[2])
    let g = isRectified ? inputs[0].counted(epsilon, x, moments, inputs[3], inputs[4]) : inputs[0]
    let channels = x.shape.channels
    var sums = ReferenceTensor<Scalar>(shape: shape)
    for c in 0..<channels {
      let (mean, variance) = (moments.values[c], moments.values[channels + c])
      let deviation = (variance + Scalar(epsilon)).squareRoot()
      for i in x.places(inChannel: c) {
        sums.values[c] += g.values[i] * (x.values[i] - mean) / deviation
        sums.values[channels + c] += g.values[i]
      }
    }
    return sums
  }
}

extension Op.BatchNormInputGradient: ReferenceKernel {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (x, moments, scale, sums) = (inputs[1], inputs[2], inputs[3], inputs[4])
    let g = isRectified ? inputs[0].counted(epsilon, x, moments, scale, inputs[5]) : inputs[0]
    let (channels, m) = (shape.channels, x.elementsPerChannel)
    var result = g
    for c in 0..<channels {
      let (mean, variance) = (moments.values[c], moments.values[channels + c])
      let deviation = (variance + Scalar(epsilon)).squareRoot()
      for i in x.places(inChannel: c) {
        let normalized = (x.values[i] - mean) / deviation
        let centered = g.values[i] - sums.values[channels + c] / m - normalized * sums.values[c] / m
        result.values[i] = scale.values[c] / deviation * centered
      }
    }
    return result
  }
}
