package import FoveaCore
package import FoveaGraph

extension ReferenceTensor {
  /// `body` of every element.
  func map(_ body: (Scalar) -> Scalar) -> ReferenceTensor { ReferenceTensor(values.map(body), shape: shape) }

  /// `body` of every pair of elements of two tensors of one shape.
  func zip(_ other: ReferenceTensor, _ body: (Scalar, Scalar) -> Scalar) -> ReferenceTensor {
    ReferenceTensor(values.indices.map { body(values[$0], other.values[$0]) }, shape: shape)
  }
}

extension Op.ReLU: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].map { x in x < 0 ? 0 : x }
  }
}

extension Op.ReLUGradient: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].zip(inputs[1]) { g, y in y > 0 ? g : 0 }
  }
}

extension Op.Tanh: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].map { x in Scalar.tanh(x) }
  }
}

extension Op.TanhGradient: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].zip(inputs[1]) { g, y in g * (1 - y * y) }
  }
}

extension Op.Sigmoid: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].map { x in 1 / (1 + Scalar.exp(-x)) }
  }
}

extension Op.SigmoidGradient: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].zip(inputs[1]) { g, y in g * y * (1 - y) }
  }
}
