package import FoveaCompiler
package import FoveaCore
import FoveaGraph

extension Fused: ReferenceKernel {
  /// The operations one after the other.
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    guard let kernel = base as? any ReferenceKernel else {
      preconditionFailure("\(base.label) has no reference kernel")
    }
    var y = kernel.run(Array(inputs.prefix(base.inputCount)), shape: shape)
    if let bias = bias(of: inputs) {
      for i in y.values.indices { y.values[i] += bias.values[i % shape.channels] }
    }
    if let residual = residual(of: inputs) { y = y.zip(residual) { $0 + $1 } }
    return switch epilogue.activation {
    case .relu: Op.ReLU().run([y], shape: shape)
    case .tanh: Op.Tanh().run([y], shape: shape)
    case .sigmoid: Op.Sigmoid().run([y], shape: shape)
    case nil: y
    }
  }
}
