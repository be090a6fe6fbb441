package import FoveaCore
package import FoveaGraph

extension ReferenceTensor {
  /// `body` of every pair of elements, dimensions of 1 stretched to `shape`.
  func zip(_ other: ReferenceTensor, stretchedTo shape: Shape, _ body: (Scalar, Scalar) -> Scalar) -> ReferenceTensor {
    let pairs = Swift.zip(self.shape.offsets(stretchedTo: shape), other.shape.offsets(stretchedTo: shape))
    return ReferenceTensor(pairs.map { body(values[$0], other.values[$1]) }, shape: shape)
  }
}

extension Op.Add: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].zip(inputs[1], stretchedTo: shape) { a, b in a + b }
  }
}

extension Op.Subtract: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].zip(inputs[1], stretchedTo: shape) { a, b in a - b }
  }
}

extension Op.Multiply: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].zip(inputs[1], stretchedTo: shape) { a, b in a * b }
  }
}

extension Op.Divide: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].zip(inputs[1], stretchedTo: shape) { a, b in a / b }
  }
}

extension Op.Scale: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].map { x in Scalar(factor) * x }
  }
}

extension Op.LinearCombination: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    var sum = ReferenceTensor<Scalar>(shape: shape)
    for (factor, x) in zip(factors, inputs) { sum = sum.zip(x) { sum, x in sum + Scalar(factor) * x } }
    return sum
  }
}

extension Op.ReciprocalSquareRoot: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].map { x in 1 / (x + Scalar(epsilon)).squareRoot() }
  }
}
