public import FoveaCore

// Normalisation of each example by itself. Its channels form groups; μ and σ² are those of a group of one example over all
// its positions, M numbers. One group is layer normalisation over the whole example, groups of one channel are instance
// normalisation; over rows `N×C`, one group is layer normalisation over the channels.

extension Op {
  /// `scale · x̂ + bias` with `x̂ = (x − μ) / √(σ² + ε)`, μ and σ² of a group of an example.
  ///
  /// - Shapes: x `N×…×C`, scale `C`, bias `C` → x's shape.
  /// - Source: Wu & He 2018, "Group Normalization", eq. 1 to 6.
  public struct GroupNorm: Operation {
    public static let name = "group_norm"
    /// So many neighbouring channels belong together: C / groups.
    public var groups: Int
    public var epsilon: Float
    public init(groups: Int, epsilon: Float) { (self.groups, self.epsilon) = (groups, epsilon) }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let x = try requireChannels(of: inputs[0], in: inputs[1...])
      guard groups >= 1, x.channels % groups == 0 else {
        throw ShapeError("\(groups) groups of \(x.channels) channels", fix: "use a divisor of \(x.channels)")
      }
      return x
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      let (x, scale) = (inputs[0], inputs[1])
      let sums = upstream.applying(GroupNormReductions(of: self), x)
      return [upstream.applying(GroupNormInputGradient(of: self), x, scale), sums.row(0), sums.row(1)]
    }
  }

  /// `(g, x)` → `2×C`: `Σ g·x̂` (∂L/∂scale) and `Σ g` (∂L/∂bias).
  public struct GroupNormReductions: NotDifferentiable {
    public static let name = "group_norm_reductions"
    public var forward: GroupNorm
    public init(of forward: GroupNorm) { self.forward = forward }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let channels = inputs[1].channels
      try require("upstream", inputs[0], toBe: forward.outputShape(for: [inputs[1], [channels], [channels]]))
      return [2, channels]
    }
  }

  /// `(g, x, scale)` → ∂L/∂x = `(s·g − Σ(s·g)/M − x̂ · Σ(s·g·x̂)/M) / √(σ² + ε)`, s the scale, sums over the group.
  public struct GroupNormInputGradient: NotDifferentiable {
    public static let name = "group_norm_input_gradient"
    public var forward: GroupNorm
    public init(of forward: GroupNorm) { self.forward = forward }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      _ = try GroupNormReductions(of: forward).outputShape(for: Array(inputs[..<2]))
      return try requireChannels(of: inputs[1], in: [inputs[2]])
    }
  }
}
