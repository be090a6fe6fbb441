/// `activation(body(x) + shortcut(x))`; without a shortcut, x itself is added.
///
/// ```swift
/// Residual(activation: .relu) {
///   Conv2D(filters: 64, kernel: 3, padding: .same)
/// } shortcut: {
///   Conv2D(filters: 64, kernel: 1)
/// }
/// ```
///
/// - Shapes: body and shortcut must give the same shape, which is the result's. Parameters: those of both.
/// - Errors: sums of different shapes, with the projection that makes them fit.
/// - Source: He et al. 2015, "Deep Residual Learning for Image Recognition", eq. 1 and 2.
public struct Residual: Combinator {
  public var body: Sequential
  public var shortcut: Sequential
  public var activation: Activation?

  /// - Parameters:
  ///   - activation: applied to the sum.
  ///   - body: the layers that learn the difference to the shortcut.
  ///   - shortcut: the layers beside them; none passes the input on.
  public init(
    activation: Activation? = nil, @LayerBuilder _ body: () -> Sequential,
    @LayerBuilder shortcut: () -> Sequential = { Sequential([]) }
  ) {
    (self.body, self.shortcut, self.activation) = (body(), shortcut(), activation)
  }

  public func forward(_ x: Value) -> Value {
    let branch = body.forward(x)
    let skipped = shortcut.forward(x)
    guard branch.isValid, skipped.isValid else { return branch }
    guard branch.shape == skipped.shape else { return mismatch(of: branch, and: skipped, on: x) }
    let sum = branch + skipped
    return activation?(sum) ?? sum
  }

  private func mismatch(of branch: Value, and skipped: Value, on x: Value) -> Value {
    let place = branch.nameOfLayer.map { " after \($0)" } ?? ""
    let name = shortcut.layers.isEmpty ? "input" : "shortcut"
    return branch.failing(
      "the residual sum\(place) adds \(branch.shape.ofExample) from the body to \(skipped.shape.ofExample) "
        + "from the \(name): the shapes differ",
      fix: fix(from: x.shape, to: branch.shape), assuming: branch.shape)
  }

  /// The 1×1 projection (a dense layer where there are no axes to slide over) that gives the body's shape.
  private func fix(from x: Shape, to branch: Shape) -> String {
    if x.rank == 2, branch.rank == 2 { return "project the input: shortcut: { Dense(\(branch.channels)) }" }
    guard x.rank == 4, branch.rank == 4 else { return "let both give the same rank" }
    let strides = [1, 2].map { axis in (1...x[axis]).first { (x[axis] + $0 - 1) / $0 == branch[axis] } }
    guard let vertical = strides[0], let horizontal = strides[1] else {
      return "keep the \(x[1])×\(x[2]) of the input in the body, e.g. with padding .same"
    }
    let size = vertical == horizontal ? "\(vertical)" : "Size2D(\(vertical), \(horizontal))"
    let spelled = size == "1" ? "" : ", strides: \(size)"
    return "project the input: shortcut: { Conv2D(filters: \(branch.channels), kernel: 1\(spelled)) }"
  }
}
