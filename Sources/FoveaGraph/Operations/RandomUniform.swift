public import FoveaCore

extension Op {
  /// Numbers drawn uniformly from `lower..<upper`, new ones in every step.
  ///
  /// Element i comes from word i of the Philox stream (seed, `stream`, step), as of `RandomStream.uniform`.
  ///
  /// - Shapes: state `int32[4]` (seed and step, low words first) → `shape`.
  public struct RandomUniform: Operation {
    public static let name = "random_uniform"
    public var shape: Shape
    public var lower: Float
    public var upper: Float
    public var stream: UInt32

    public init(_ lower: Float, _ upper: Float, shape: Shape, stream: UInt32) {
      (self.lower, self.upper, self.shape, self.stream) = (lower, upper, shape, stream)
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try require("random state", inputs[0], toBe: [4])
      return shape
    }

    public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
      guard inputs[0] == .int32 else {
        throw ShapeError("a random state of \(inputs[0])", fix: "give an int32 state")
      }
      return .float32
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] { [nil] }
  }
}
