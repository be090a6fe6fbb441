public import FoveaGraph

/// What training makes small: a scalar from the model's output and the labels.
public struct Loss: Sendable {
  /// The name in manifests and on the command line.
  public let name: String
  private let build: @Sendable (_ output: Value, _ labels: Value) -> Value

  public init(name: String, _ build: @escaping @Sendable (_ output: Value, _ labels: Value) -> Value) {
    (self.name, self.build) = (name, build)
  }

  package func callAsFunction(_ output: Value, _ labels: Value) -> Value { build(output, labels) }

  /// The mean cross-entropy of class scores (logits, not probabilities) with class indices.
  ///
  /// - Shapes: `N×classes`, labels `N`.
  /// - Source: Goodfellow, Bengio & Courville 2016, "Deep Learning", §6.2.2.3.
  public static let crossEntropy = Loss(name: "cross-entropy") { output, labels in
    let losses = output.applying(Op.CrossEntropy(), labels)
    return losses.applying(Op.Mean(over: Array(0..<losses.rank)))
  }
}
