package import FoveaCore
package import FoveaGraph

/// A group of channels of one example.
private struct Group<Scalar: ReferenceScalar> {
  /// Where its numbers lie.
  var places: [Int] = []
  var mean: Scalar = 0
  /// 1 / √(σ² + ε).
  var reciprocal: Scalar = 0

  var count: Scalar { Scalar(places.count) }
}

extension Op.GroupNorm {
  fileprivate func groups<Scalar>(of x: ReferenceTensor<Scalar>) -> [Group<Scalar>] {
    let channels = x.shape.channels
    let (width, perExample) = (channels / groups, x.shape.count / x.shape[0])
    var result = [Group<Scalar>](repeating: Group(), count: x.shape[0] * groups)
    for i in x.values.indices { result[i / perExample * groups + i % channels / width].places.append(i) }
    for index in result.indices {
      let places = result[index].places
      let mean = places.reduce(0) { $0 + x.values[$1] } / result[index].count
      let squares = places.reduce(0) { $0 + (x.values[$1] - mean) * (x.values[$1] - mean) }
      result[index].mean = mean
      result[index].reciprocal = 1 / (squares / result[index].count + Scalar(epsilon)).squareRoot()
    }
    return result
  }

  /// x̂.
  fileprivate func normalized<Scalar>(_ x: ReferenceTensor<Scalar>) -> ReferenceTensor<Scalar> {
    var y = x
    for group in groups(of: x) {
      for i in group.places { y.values[i] = (x.values[i] - group.mean) * group.reciprocal }
    }
    return y
  }
}

extension Op.GroupNorm: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    var y = normalized(inputs[0])
    for i in y.values.indices {
      let channel = i % shape.channels
      y.values[i] = inputs[1].values[channel] * y.values[i] + inputs[2].values[channel]
    }
    return y
  }
}

extension Op.GroupNormReductions: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (g, normalized, channels) = (inputs[0], forward.normalized(inputs[1]), shape[1])
    var sums = ReferenceTensor<Scalar>(shape: shape)
    for i in g.values.indices {
      sums.values[i % channels] += g.values[i] * normalized.values[i]
      sums.values[channels + i % channels] += g.values[i]
    }
    return sums
  }
}

extension Op.GroupNormInputGradient: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (g, x, scale) = (inputs[0], inputs[1], inputs[2].values)
    let normalized = forward.normalized(x).values
    var dx = x
    for group in forward.groups(of: x) {
      let scaled = group.places.map { scale[$0 % shape.channels] * g.values[$0] }
      let mean = scaled.reduce(0, +) / group.count
      let projection = zip(scaled, group.places).reduce(0) { $0 + $1.0 * normalized[$1.1] } / group.count
      for (value, i) in zip(scaled, group.places) {
        dx.values[i] = (value - mean - normalized[i] * projection) * group.reciprocal
      }
    }
    return dx
  }
}
