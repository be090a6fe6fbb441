public import FoveaCore

// Functions with kinks and steps. At a kink the gradient is that of one side; a step has none.

extension Op {
  /// `|x|`; the gradient at 0 is 0.
  public struct Absolute: PointwiseFunction {
    public static let name = "absolute"
    public init() {}

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream * inputs[0].applying(Sign())]
    }
  }

  /// −1, 0 or 1.
  public struct Sign: PointwiseFunction {
    public static let name = "sign"
    public init() {}

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] { [nil] }
  }

  /// 1 where `x > 0`, 0 elsewhere.
  public struct Step: PointwiseFunction {
    public static let name = "step"
    public init() {}

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] { [nil] }
  }

  /// `min(max(x, lower), upper)`; the gradient is 0 outside and at the bounds.
  public struct Clamp: PointwiseFunction {
    public static let name = "clamp"
    public var lower: Float
    public var upper: Float

    /// - Parameters: either may be infinite; `lower` is not above `upper`.
    public init(_ lower: Float, _ upper: Float) { (self.lower, self.upper) = (lower, upper) }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(ClampGradient(of: self), inputs[0])]
    }
  }

  /// `(g, x)` → g where `lower < x < upper`, 0 elsewhere.
  public struct ClampGradient: NotDifferentiable, PointwiseOperation {
    public static let name = "clamp_gradient"
    public var forward: Clamp
    public init(of forward: Clamp) { self.forward = forward }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try require("upstream", inputs[0], toBe: inputs[1])
    }
  }

  /// The larger of `a` and `b`; where they are equal, the gradient goes to `b`.
  public struct Larger: ElementwisePair {
    public static let name = "larger"
    public init() {}

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      upstream.divided(by: (inputs[0] - inputs[1]).applying(Step()), between: inputs)
    }
  }

  /// The smaller of `a` and `b`; where they are equal, the gradient goes to `b`.
  public struct Smaller: ElementwisePair {
    public static let name = "smaller"
    public init() {}

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      upstream.divided(by: (inputs[1] - inputs[0]).applying(Step()), between: inputs)
    }
  }
}

extension Value {
  /// This gradient for the first of two inputs where `isFirst` is 1, for the second where it is 0.
  fileprivate func divided(by isFirst: Value, between inputs: [Value]) -> [Value?] {
    let first = self * isFirst
    return [first.summed(to: inputs[0].shape), (self - first).summed(to: inputs[1].shape)]
  }
}
