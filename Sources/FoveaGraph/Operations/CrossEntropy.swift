public import FoveaCore

extension Op {
  /// The cross-entropy of class scores (logits) with class indices: `log Σ eˣ − x[label]`, one loss for each position.
  ///
  /// A label that is no class, below 0 or past the last, gives NaN.
  ///
  /// - Shapes: logits `…×classes`, labels `int32` of the leading shape → the labels' shape, in the logits' type.
  /// - Source: Goodfellow, Bengio & Courville 2016, "Deep Learning", §6.2.2.3.
  public struct CrossEntropy: Operation {
    public static let name = "cross_entropy"
    public init() {}

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let (logits, labels) = (inputs[0], inputs[1])
      guard logits.rank >= 1, Shape(logits.dimensions.dropLast()) == labels else {
        throw ShapeError(
          "the scores \(logits) do not belong to the labels \(labels)",
          fix: "end the model with one score for each class, …×classes")
      }
      return labels
    }

    public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
      guard inputs[0].isFloatingPoint, inputs[1] == .int32 else {
        throw ShapeError(
          "the scores are \(inputs[0]) and the labels \(inputs[1])",
          fix: "give floating-point scores and int32 class indices")
      }
      return inputs[0]
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(CrossEntropyGradient(), inputs[0], inputs[1]), nil]
    }
  }

  /// `(g, logits, labels)` → `g · (softmax(logits) − onehot(labels))`.
  public struct CrossEntropyGradient: NotDifferentiable {
    public static let name = "cross_entropy_gradient"
    public init() {}
    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let labels = try CrossEntropy().outputShape(for: [inputs[1], inputs[2]])
      try require("upstream", inputs[0], toBe: labels)
      return inputs[1]
    }

    public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
      try CrossEntropy().elementType(for: Array(inputs.dropFirst()))
    }
  }
}
