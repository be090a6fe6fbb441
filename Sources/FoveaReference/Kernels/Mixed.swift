package import FoveaCompiler
package import FoveaCore
import FoveaGraph

extension ReferenceScalar {
  /// The nearest bfloat16.
  fileprivate var roundedToBFloat16: Self { Self(Float(BFloat16(Float(self)))) }
}

extension RoundToBFloat16: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    ReferenceTensor(inputs[0].values.map(\.roundedToBFloat16), shape: shape)
  }
}

extension WidenBFloat16: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> { inputs[0] }
}

extension Mixed: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    var y: ReferenceTensor<Scalar>
    var inputs = inputs
    if let normalization {
      let operands = [inputs[0]] + inputs.suffix(3)
      inputs.removeLast(3)
      inputs[0] = normalization.operation.run(operands, shape: inputs[0].shape)
    }
    if let host = base as? any EpilogueHost {
      y = Fused(host, epilogue).run(inputs, shape: shape)
    } else if let kernel = base as? any ReferenceKernel {
      y = kernel.run(inputs, shape: shape)
    } else {
      preconditionFailure("\(base.label) has no reference kernel")
    }
    if isNarrow { y.values = y.values.map(\.roundedToBFloat16) }
    return y
  }
}

extension Carrying: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    guard let kernel = base as? any ReferenceKernel else {
      preconditionFailure("\(base.label) has no reference kernel")
    }
    var y = kernel.run(inputs, shape: shape)
    if isNarrow { y.values = y.values.map(\.roundedToBFloat16) }
    return y
  }
}
