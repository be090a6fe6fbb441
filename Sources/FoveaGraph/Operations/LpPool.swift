public import FoveaCore

extension Op {
  /// The p-norm of the values under the window, `(Σ |x|ᵖ)^(1/p)`, for each channel on its own.
  ///
  /// - Shapes: `N×spatial…×C` → `N×output…×C`.
  /// - Source: Sermanet, Chintala & LeCun 2012, "Convolutional Neural Networks Applied to House Numbers Digit
  ///   Classification", §2.1. PyTorch's `lp_pool2d` leaves the signs of odd powers, and so gives NaN for some sums.
  public struct LpPool: Operation {
    public static let name = "lp_pool"
    public var window: Window
    public var power: Float

    public init(_ window: Window, power: Float) { (self.window, self.power) = (window, power) }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      guard power > 0, power.isFinite else {
        throw ShapeError("the power of the norm is \(power)", fix: "use a number above 0, such as 2")
      }
      return try window.pooledShape(of: inputs[0])
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(LpPoolGradient(of: self), inputs[0], output)]
    }
  }

  /// ∂L/∂x of the p-norm, `(upstream, x, y)` → x's shape: `g · sign(x) · |x|ᵖ⁻¹ · y¹⁻ᵖ`, and 0 where x is 0.
  public struct LpPoolGradient: NotDifferentiable {
    public static let name = "lp_pool_gradient"
    public var forward: LpPool
    public init(of forward: LpPool) { self.forward = forward }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let pooled = try forward.outputShape(for: [inputs[1]])
      try require("upstream", inputs[0], toBe: pooled)
      try require("norm", inputs[2], toBe: pooled)
      return inputs[1]
    }
  }
}
