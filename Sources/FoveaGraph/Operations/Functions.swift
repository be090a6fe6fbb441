public import FoveaCore

/// An operation whose result at one place depends on its inputs at that place alone; dimensions of 1 stretch. A compiler
/// pass runs chains of them as one kernel, so that activations and losses are composed of them.
public protocol PointwiseOperation: Operation {}

/// A function of one number, applied to every element.
public protocol PointwiseFunction: PointwiseOperation {}

extension PointwiseFunction {
  public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { inputs[0] }
}

extension Op {
  /// `eˣ`.
  public struct Exponential: PointwiseFunction {
    public static let name = "exponential"
    public init() {}

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] { [upstream * output] }
  }

  /// `eˣ − 1`, exact near 0 too.
  public struct ExponentialMinus1: PointwiseFunction {
    public static let name = "exponential_minus_1"
    public init() {}

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream * output.applying(Offset(1))]
    }
  }

  /// The natural logarithm; −∞ at 0, not a number below.
  public struct Logarithm: PointwiseFunction {
    public static let name = "logarithm"
    public init() {}

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] { [upstream / inputs[0]] }
  }

  /// `xᵖ`, the exponent known when the graph is built; not a number where x is negative and p no integer.
  public struct Power: PointwiseFunction {
    public static let name = "power"
    public var exponent: Float
    public init(_ exponent: Float) { self.exponent = exponent }

    /// p · xᵖ⁻¹ · g.
    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      if exponent == 1 { return [upstream] }
      if exponent == 0 { return [nil] }
      let slope = exponent == 2 ? inputs[0] : inputs[0].applying(Power(exponent - 1))
      return [upstream * slope.applying(Scale(exponent))]
    }
  }

  /// The error function, `2/√π · ∫₀ˣ e^(−t²) dt`.
  public struct ErrorFunction: PointwiseFunction {
    public static let name = "error_function"
    public init() {}

    /// 2/√π · e^(−x²) · g.
    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      let bell = (inputs[0] * inputs[0]).applying(Scale(-1)).applying(Exponential())
      return [upstream * bell.applying(Scale(1.1283791671))]
    }
  }

  /// `log(1 + eˣ)`, exact for large and small x alike.
  public struct Softplus: PointwiseFunction {
    public static let name = "softplus"
    public init() {}

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream * inputs[0].applying(Sigmoid())]
    }
  }

  /// `x + amount`, the amount known when the graph is built.
  public struct Offset: PointwiseFunction {
    public static let name = "offset"
    public var amount: Float
    public init(_ amount: Float) { self.amount = amount }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] { [upstream] }
  }
}
