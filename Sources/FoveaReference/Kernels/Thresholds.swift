package import FoveaCore
package import FoveaGraph

extension Op.Absolute: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].map { x in abs(x) }
  }
}

extension Op.Sign: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].map { x in x > 0 ? 1 : x < 0 ? -1 : 0 }
  }
}

extension Op.Step: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].map { x in x > 0 ? 1 : 0 }
  }
}

extension Op.Clamp: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].map { x in x < Scalar(lower) ? Scalar(lower) : x > Scalar(upper) ? Scalar(upper) : x }
  }
}

extension Op.ClampGradient: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].zip(inputs[1]) { g, x in Scalar(forward.lower) < x && x < Scalar(forward.upper) ? g : 0 }
  }
}

extension Op.Larger: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].zip(inputs[1], stretchedTo: shape) { a, b in a > b || a.isNaN ? a : b }
  }
}

extension Op.Smaller: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].zip(inputs[1], stretchedTo: shape) { a, b in a < b || a.isNaN ? a : b }
  }
}
