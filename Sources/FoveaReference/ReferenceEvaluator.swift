internal import FoveaCore
package import FoveaGraph

/// Runs a graph node by node with the reference kernels, in `Float` or `Double`: no passes, no plan.
package enum ReferenceEvaluator {
  /// The results of every node.
  ///
  /// - Parameter feed: the numbers of an input (by its name) or a parameter (by its path).
  package static func evaluate<Scalar: ReferenceScalar>(
    _ graph: Graph, feed: (String) -> ReferenceTensor<Scalar>
  ) -> [ReferenceTensor<Scalar>] {
    var results: [ReferenceTensor<Scalar>] = []
    for node in graph.nodes {
      let result: ReferenceTensor<Scalar>
      switch node.operation {
      case let input as Op.Input: result = feed(input.name)
      case let parameter as Op.Parameter: result = feed(parameter.path)
      case let constant as Op.Constant: result = ReferenceTensor(constant.tensor)
      case let kernel as any ReferenceKernel: result = kernel.run(node.inputs.map { results[$0] }, shape: node.shape)
      default: preconditionFailure("\(type(of: node.operation).name) has no reference kernel")
      }
      precondition(result.shape == node.shape, "\(node.operation) gave \(result.shape) instead of \(node.shape)")
      results.append(result)
    }
    return results
  }
}
