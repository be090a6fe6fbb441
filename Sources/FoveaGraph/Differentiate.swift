import FoveaCore

/// Reverse-mode differentiation, graph to graph: adds the nodes that compute ∂`loss`/∂w for each w.
///
/// - Parameters:
///   - loss: a scalar.
///   - variables: values that `loss` may depend on.
/// - Returns: a gradient of the variable's shape, or `nil` where `loss` does not depend on it.
/// - Errors: a loss that is no scalar, or that depends on a variable through an operation without a gradient, is
///   reported by `finish`.
/// - Source: Griewank & Walther 2008, "Evaluating Derivatives", §3.2 (the reverse mode).
public func gradients(of loss: Value, withRespectTo variables: [Value]) -> [Value?] {
  guard loss.shape.count == 1 else {
    _ = loss.failing("a loss is a scalar, not of the shape \(loss.shape)", fix: "take its mean over all axes")
    return variables.map { _ in nil }
  }
  let one = loss.builder.constant(Tensor([1 as Float], shape: loss.shape))
  return gradients(of: loss, upstream: one, withRespectTo: variables)
}

/// Likewise for a value of any shape, of which ∂L/∂`output` is known: the product of `upstream` and the Jacobian matrices.
///
/// - Parameter upstream: of the shape of `output`.
package func gradients(of output: Value, upstream: Value, withRespectTo variables: [Value]) -> [Value?] {
  guard let root = output.node, variables.allSatisfy(\.isValid) else { return variables.map { _ in nil } }
  precondition(upstream.shape == output.shape, "an upstream gradient of another shape")
  let builder = output.builder
  let nodes = builder.graph.nodes
  var dependsOnVariable = [Bool](repeating: false, count: nodes.count)
  for variable in variables { dependsOnVariable[variable.node!] = true }
  for (id, node) in nodes.enumerated() where node.inputs.contains(where: { dependsOnVariable[$0] }) {
    dependsOnVariable[id] = true
  }

  var gradient = [Value?](repeating: nil, count: nodes.count)
  gradient[root] = upstream
  defer { builder.pathOfGradient = nil }
  for id in stride(from: root, through: 0, by: -1) where dependsOnVariable[id] {
    guard let upstream = gradient[id], !nodes[id].inputs.isEmpty else { continue }
    builder.pathOfGradient = nodes[id].path
    guard type(of: nodes[id].operation).isDifferentiable else {
      let name = type(of: nodes[id].operation).name
      _ = output.failing("\(name) has no gradient", fix: "differentiate once, and before optimizer steps")
      return variables.map { _ in nil }
    }
    let contributions = nodes[id].operation.gradient(
      upstream, inputs: nodes[id].inputs.map(builder.value(of:)), output: builder.value(of: id))
    for (input, contribution) in zip(nodes[id].inputs, contributions) where dependsOnVariable[input] {
      guard let contribution else { continue }
      precondition(contribution.shape == nodes[input].shape, "\(nodes[id].operation): gradient of the wrong shape")
      gradient[input] = gradient[input].map { $0.applying(Op.Add(), contribution) } ?? contribution
    }
  }
  return variables.map { gradient[$0.node!] }
}
