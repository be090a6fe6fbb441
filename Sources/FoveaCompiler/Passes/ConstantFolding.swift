import FoveaCore
public import FoveaGraph

/// Replaces nodes that read only constants by their results.
///
/// What is computed from parameters stays: a program prepares it when it gets the parameters.
public struct ConstantFolding: Pass {
  private let backends: [any Backend]
  /// Larger results are folded only if they take less memory than the constants they are computed from: a stretched
  /// constant is better stretched on each run.
  private let largestCount = 1 << 16

  /// - Parameter backends: in order of preference; the first that can computes the result.
  public init(backends: [any Backend]) { self.backends = backends }

  public func run(on graph: inout Graph) {
    graph.rewrite { graph, node, _ in
      let constants = node.inputs.compactMap { (graph.nodes[$0].operation as? Op.Constant)?.tensor }
      guard !constants.isEmpty, constants.count == node.inputs.count,
        node.shape.count <= max(largestCount, constants.reduce(0) { $0 + $1.shape.count })
      else { return nil }
      for backend in backends {
        // A backend that fails here fails again when the graph is planned, and is reported then.
        guard let result = try? backend.evaluate(node.operation, on: constants) else { continue }
        return graph.add(Op.Constant(result), path: node.path)
      }
      return nil
    }
  }
}
