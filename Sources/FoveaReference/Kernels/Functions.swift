package import FoveaCore
package import FoveaGraph

extension Op.Exponential: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].map { x in Scalar.exp(x) }
  }
}

extension Op.ExponentialMinus1: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].map { x in Scalar.expm1(x) }
  }
}

extension Op.Logarithm: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].map { x in Scalar.log(x) }
  }
}

extension Op.Power: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].map { x in Scalar.pow(x, Scalar(exponent)) }
  }
}

extension Op.ErrorFunction: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].map { x in Scalar.erf(x) }
  }
}

extension Op.Softplus: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].map { x in Swift.max(x, 0) + Scalar.log1p(Scalar.exp(-abs(x))) }
  }
}

extension Op.Offset: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].map { x in x + Scalar(amount) }
  }
}
