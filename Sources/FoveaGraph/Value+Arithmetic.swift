// Arithmetic with numbers that are known when the graph is built.

extension Value {
  public static func * (factor: Float, x: Value) -> Value { factor == 1 ? x : x.applying(Op.Scale(factor)) }
  public static func * (x: Value, factor: Float) -> Value { factor * x }
  public static func / (x: Value, divisor: Float) -> Value { x * (1 / divisor) }
  public static func + (x: Value, amount: Float) -> Value { amount == 0 ? x : x.applying(Op.Offset(amount)) }
  public static func + (amount: Float, x: Value) -> Value { x + amount }
  public static func - (x: Value, amount: Float) -> Value { x + -amount }
  public static func - (amount: Float, x: Value) -> Value { -x + amount }
  public static prefix func - (x: Value) -> Value { -1 * x }

  /// `xᵖ` of every element.
  public func power(_ exponent: Float) -> Value { exponent == 1 ? self : applying(Op.Power(exponent)) }

  /// `√x` of every element.
  public var squareRoot: Value { power(0.5) }

  /// `eˣ` of every element.
  public var exponential: Value { applying(Op.Exponential()) }

  /// The natural logarithm of every element.
  public var logarithm: Value { applying(Op.Logarithm()) }

  /// `|x|` of every element.
  public var absolute: Value { applying(Op.Absolute()) }

  /// Every element brought into the range.
  public func clamped(_ lower: Float, _ upper: Float) -> Value { applying(Op.Clamp(lower, upper)) }

  /// The sum over some axes, all by default, which then are gone, or of length 1.
  public func sum(over axes: [Int]? = nil, keepingAxes: Bool = false) -> Value {
    applying(Op.Sum(over: axes ?? Array(0..<rank), keepingAxes: keepingAxes))
  }

  /// The mean over some axes, all by default, which then are gone, or of length 1.
  public func mean(over axes: [Int]? = nil, keepingAxes: Bool = false) -> Value {
    applying(Op.Mean(over: axes ?? Array(0..<rank), keepingAxes: keepingAxes))
  }
}

/// The larger of two numbers at every place.
public func max(_ a: Value, _ b: Value) -> Value { a.applying(Op.Larger(), b) }

/// The smaller of two numbers at every place.
public func min(_ a: Value, _ b: Value) -> Value { a.applying(Op.Smaller(), b) }
