public import FoveaCore

/// A function of one number, applied to every element. Its gradient is computed from the output, so that the input
/// need not be kept for the way back.
public protocol ActivationFunction: PointwiseFunction {}

/// The gradient of an activation from `(g, y)`: upstream and the activation's output, of one shape.
public protocol ActivationGradient: NotDifferentiable, PointwiseOperation {}

extension ActivationGradient {
  public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
    try require("upstream", inputs[0], toBe: inputs[1])
  }
}

extension Op {
  /// The rectifier: `max(x, 0)`.
  ///
  /// - Source: Nair & Hinton 2010, "Rectified Linear Units Improve Restricted Boltzmann Machines".
  public struct ReLU: ActivationFunction {
    public static let name = "relu"
    public init() {}

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(ReLUGradient(), output)]
    }
  }

  /// `(g, y)` → g where `y > 0`, 0 elsewhere.
  public struct ReLUGradient: ActivationGradient {
    public static let name = "relu_gradient"
    public init() {}
  }

  /// The hyperbolic tangent.
  public struct Tanh: ActivationFunction {
    public static let name = "tanh"
    public init() {}

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(TanhGradient(), output)]
    }
  }

  /// `(g, y)` → `g · (1 − y²)`.
  public struct TanhGradient: ActivationGradient {
    public static let name = "tanh_gradient"
    public init() {}
  }

  /// The logistic function, `1 / (1 + e⁻ˣ)`.
  public struct Sigmoid: ActivationFunction {
    public static let name = "sigmoid"
    public init() {}

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(SigmoidGradient(), output)]
    }
  }

  /// `(g, y)` → `g · y · (1 − y)`.
  public struct SigmoidGradient: ActivationGradient {
    public static let name = "sigmoid_gradient"
    public init() {}
  }
}
