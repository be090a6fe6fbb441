public import FoveaCore

extension Op {
  /// The cross-entropy of class scores (logits) with class indices: `log Σ eˣ − x[label]`, one loss for each position.
  ///
  /// - Shapes: logits `…×classes`, labels `int32` of the leading shape → the labels' shape, `float32`.
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

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(CrossEntropyGradient(), inputs[0], inputs[1]), nil]
    }
  }

  /// `(g, logits, labels)` → `g · (softmax(logits) − onehot(labels))`.
  public struct CrossEntropyGradient: Operation {
    public static let name = "cross_entropy_gradient"
    public init() {}
    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { inputs[1] }
  }
}
