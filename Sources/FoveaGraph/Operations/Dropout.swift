public import FoveaCore

extension Op {
  /// Sets each element to zero with probability `rate` and divides the others by `1 − rate`.
  ///
  /// Element i is kept when word i of the Philox stream (seed, `stream`, step) is at least `rate · 2³²`; the gradient
  /// draws the same mask again instead of keeping it.
  ///
  /// - Shapes: x, state `int32[4]` (seed and step, low words first) → x's shape.
  /// - Source: Srivastava et al. 2014, "Dropout", §10 (scaling at training time).
  public struct Dropout: Operation {
    public static let name = "dropout"
    package static let stateInput = "random"
    /// In 0..<1.
    public var rate: Float
    public var stream: UInt32

    public init(rate: Float, stream: UInt32) { (self.rate, self.stream) = (rate, stream) }

    /// An element is dropped when its random word is below this.
    package var threshold: UInt32 { UInt32(Double(rate) * 0x1p32) }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      guard (0..<1).contains(rate) else {
        throw ShapeError("the dropout rate is \(rate)", fix: "use 0 or more, and less than 1")
      }
      try require("random state", inputs[1], toBe: [4])
      return inputs[0]
    }

    public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
      guard inputs[0].isFloatingPoint, inputs[1] == .int32 else {
        throw ShapeError(
          "dropout of \(inputs[0]) with a random state of \(inputs[1])",
          fix: "give floating-point numbers and an int32 state")
      }
      return inputs[0]
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(self, inputs[1]), nil]
    }
  }
}
