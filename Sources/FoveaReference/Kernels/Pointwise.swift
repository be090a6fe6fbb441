package import FoveaCompiler
package import FoveaCore
import FoveaGraph

extension Pointwise: ReferenceKernel {
  /// The operations one after the other.
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    var results = inputs
    for step in steps {
      guard let kernel = step.operation as? any ReferenceKernel else {
        preconditionFailure("\(step.operation.label) has no reference kernel")
      }
      let operands = step.operands.map { results[$0] }
      // The steps are those of a graph, which has checked their shapes.
      let shape = try! step.operation.outputShape(for: operands.map(\.shape))
      results.append(kernel.run(operands, shape: shape))
    }
    return results.last!
  }
}
