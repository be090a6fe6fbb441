// Several branches on the same input, number by number. Each layer between the braces is a branch.

/// The sum of the branches.
///
/// - Shapes: every branch gives the same, which is the result's. Parameters: those of the branches.
/// - Errors: branches of different shapes; no branch.
/// - Source: Keras `Add`; of two branches, He et al. 2015, "Deep Residual Learning for Image Recognition", eq. 2.
public struct Add: Combinator {
  public var branches: [any Layer]

  /// - Parameter branches: a layer each.
  public init(@LayerBuilder _ branches: () -> Sequential) { self.branches = branches().layers }
  public func forward(_ x: Value) -> Value { x.folded(branches, "add") { $0 + $1 } }
}

/// The product of the branches: one may be a gate for another.
///
/// - Shapes: every branch gives the same, which is the result's. Parameters: those of the branches.
/// - Errors: branches of different shapes; no branch.
/// - Source: Keras `Multiply`; as a gate, Dauphin et al. 2017, "Language Modeling with Gated Convolutional Networks", eq. 1.
public struct Multiply: Combinator {
  public var branches: [any Layer]

  /// - Parameter branches: a layer each.
  public init(@LayerBuilder _ branches: () -> Sequential) { self.branches = branches().layers }
  public func forward(_ x: Value) -> Value { x.folded(branches, "multiply") { $0 * $1 } }
}

extension Value {
  fileprivate func folded(_ branches: [any Layer], _ verb: String, _ combine: (Value, Value) -> Value) -> Value {
    guard !branches.isEmpty else {
      return failing("there is nothing to \(verb)", fix: "put at least one layer between its braces", assuming: shape)
    }
    let results = branches.map { $0(self) }
    if let invalid = results.first(where: { !$0.isValid }) { return invalid }
    guard results.allSatisfy({ $0.shape == results[0].shape }) else {
      let shapes = results.map { $0.shape.ofExample.description }.joined(separator: ", ")
      return failing(
        "the branches to \(verb) give \(shapes): they differ",
        fix: "give every branch the same filters and strides, and padding .same", assuming: results[0].shape)
    }
    return results.dropFirst().reduce(results[0], combine)
  }
}
