extension Op {
  /// A function of angles in radians, or its inverse; the others are composed of these.
  public struct Trigonometric: PointwiseFunction {
    public static let name = "trigonometric"

    public enum Function: String, Sendable, CaseIterable { case sine, cosine, arctangent }

    public let function: Function
    public init(_ function: Function) { self.function = function }

    /// cos x · g; −sin x · g; g / (1 + x²).
    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      let x = inputs[0]
      return switch function {
      case .sine: [upstream * x.applying(Trigonometric(.cosine))]
      case .cosine: [-(upstream * x.applying(Trigonometric(.sine)))]
      case .arctangent: [upstream / (x * x + 1)]
      }
    }
  }
}

extension Value {
  package var sine: Value { applying(Op.Trigonometric(.sine)) }
  package var cosine: Value { applying(Op.Trigonometric(.cosine)) }
  package var arctangent: Value { applying(Op.Trigonometric(.arctangent)) }
}
