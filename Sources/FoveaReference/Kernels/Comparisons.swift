package import FoveaCore
package import FoveaGraph

extension Op.Compare: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].zip(inputs[1], stretchedTo: shape) { a, b in
      switch relation {
      case .equal: a == b ? 1 : 0
      case .less: a < b ? 1 : 0
      case .lessOrEqual: a <= b ? 1 : 0
      }
    }
  }
}

extension Op.Mask: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].zip(inputs[1], stretchedTo: shape) { x, mask in mask != 0 ? x : 0 }
  }
}

extension Op.Round: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].map { x in
      switch target {
      case .down: x.rounded(.down)
      case .up: x.rounded(.up)
      case .towardZero: x.rounded(.towardZero)
      case .nearest: x.rounded(.toNearestOrEven)
      case .float16: Scalar(Float16(x))
      case .bfloat16: Scalar(Float(BFloat16(Float(x))))
      }
    }
  }
}

extension Op.Trigonometric: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].map { x in
      switch function {
      case .sine: Scalar.sin(x)
      case .cosine: Scalar.cos(x)
      case .arctangent: Scalar.atan(x)
      }
    }
  }
}
