extension Op {
  /// The nearest number of a coarser kind.
  public struct Round: PointwiseFunction {
    public static let name = "round"

    public enum Target: String, Sendable, CaseIterable {
      /// The next whole number below or above.
      case down, up
      /// Without what follows the point.
      case towardZero
      /// The nearest whole number, the even one of two.
      case nearest
      /// What float16 and bfloat16 can hold, the even one of two; infinite above the largest.
      case float16, bfloat16
    }

    public let target: Target
    public init(_ target: Target) { self.target = target }

    /// None for whole numbers, which make steps; the narrower floats let it pass as it is.
    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      switch target {
      case .float16, .bfloat16: [upstream]
      case .down, .up, .towardZero, .nearest: [nil]
      }
    }
  }
}
