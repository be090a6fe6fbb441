/// The results of several branches on the same input, side by side along the channels. Each layer between the braces
/// is a branch; a branch of several layers is a `Sequential`.
///
/// ```swift
/// Concatenate {
///   Conv2D(filters: 64, kernel: 1)
///   Sequential {
///     Conv2D(filters: 96, kernel: 1)
///     Conv2D(filters: 128, kernel: 3, padding: .same)
///   }
/// }
/// ```
///
/// - Shapes: `N×H×W×C₁`, `N×H×W×C₂`, … → `N×H×W×(C₁ + C₂ + …)`; rows `N×C₁`, `N×C₂`, … alike. Parameters:
///   those of the branches.
/// - Errors: branches of different heights or widths; no branch.
/// - Source: Szegedy et al. 2015, "Going Deeper with Convolutions", fig. 2.
public struct Concatenate: Combinator {
  public var branches: [any Layer]

  /// - Parameter branches: a layer each.
  public init(@LayerBuilder _ branches: () -> Sequential) { self.branches = branches().layers }

  public func forward(_ x: Value) -> Value {
    guard !branches.isEmpty else {
      return x.failing(
        "a concatenation has no branches", fix: "put at least one layer between its braces", assuming: x.shape)
    }
    let results = branches.map { $0(x) }
    guard results.allSatisfy(\.isValid) else { return results.first { !$0.isValid }! }
    let leading = results.map { $0.shape.dimensions.dropLast() }
    guard leading.allSatisfy({ $0 == leading[0] }) else {
      let shapes = results.map { $0.shape.ofExample.description }.joined(separator: ", ")
      return x.failing(
        "the branches to concatenate give \(shapes): they differ in more than the channels",
        fix: "give every branch padding .same and the same strides",
        assuming: Shape(leading[0] + [results.reduce(0) { $0 + $1.channels }]))
    }
    return concatenate(results)
  }
}
