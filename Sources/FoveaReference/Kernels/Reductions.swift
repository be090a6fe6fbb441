package import FoveaCore
package import FoveaGraph

extension Reduction {
  /// For each element of the input, in row-major order, which element of the result it goes to.
  fileprivate func targets(of input: Shape) -> [Int] {
    input.reduced(over: axes, keepingAxes: true).offsets(stretchedTo: input)
  }
}

extension Op.Sum: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    var sum = ReferenceTensor<Scalar>(shape: shape)
    for (x, target) in zip(inputs[0].values, targets(of: inputs[0].shape)) { sum.values[target] += x }
    return sum
  }
}

extension Op.Mean: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let count = Scalar(inputs[0].shape.count / shape.count)
    return Op.Sum(over: axes, keepingAxes: keepsAxes).run(inputs, shape: shape).map { sum in sum / count }
  }
}

extension Op.Maximum: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    var maximum = ReferenceTensor<Scalar>([Scalar](repeating: -.infinity, count: shape.count), shape: shape)
    for (x, target) in zip(inputs[0].values, targets(of: inputs[0].shape)) {
      if x > maximum.values[target] || x.isNaN { maximum.values[target] = x }
    }
    return maximum
  }
}

extension Op.MaximumGradient: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (g, x, y) = (inputs[0], inputs[1], inputs[2])
    let targets = forward.targets(of: shape)
    var equals = [Scalar](repeating: 0, count: y.values.count)
    for (x, target) in zip(x.values, targets) where x == y.values[target] { equals[target] += 1 }
    var result = ReferenceTensor<Scalar>(shape: shape)
    for (i, target) in targets.enumerated() where x.values[i] == y.values[target] {
      result.values[i] = g.values[target] / equals[target]
    }
    return result
  }
}

extension Op.Broadcast: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].elements(at: inputs[0].shape.offsets(stretchedTo: shape), shape: shape)
  }
}
