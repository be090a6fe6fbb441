import FoveaCore
public import FoveaLayers

/// What training makes small: a number for a batch, made of a model's output and of what it should have been.
public struct Loss: Sendable {
  /// What an output is compared with.
  public enum Target: Hashable, Sendable {
    /// Class indices, `int32` of the output's leading shape.
    case classes
    /// Numbers of the output's shape. Of a data set with classes, each becomes a row of zeros with a one.
    case numbers
  }

  /// The name in checkpoints.
  public let name: String
  public let target: Target
  private let build: @Sendable (_ output: Value, _ target: Value) -> Value

  /// A loss of one's own.
  ///
  /// - Parameters:
  ///   - name: what it is called.
  ///   - target: what an output is compared with.
  ///   - build: the loss, a scalar, from the model's output (scores, not probabilities) and the target.
  public init(
    name: String, target: Target = .classes, _ build: @escaping @Sendable (_ output: Value, _ target: Value) -> Value
  ) {
    (self.name, self.target, self.build) = (name, target, build)
  }

  /// The loss as part of a graph.
  ///
  /// - Errors: a target of another shape.
  public func callAsFunction(_ output: Value, _ target: Value) -> Value {
    let leading = Shape(output.shape.dimensions.dropLast())
    switch self.target {
    case .classes where output.rank < 1 || target.shape != leading:
      return output.failing(
        "the scores \(output.shape) do not belong to the labels \(target.shape)",
        fix: "end the model with one score for each class, …×classes", assuming: [])
    case .numbers where target.shape != output.shape:
      return output.failing(
        "\(name) compares an output \(output.shape) with targets \(target.shape)",
        fix: "give them one shape; nothing is stretched here", assuming: [])
    default: return build(output, target)
    }
  }

  /// The loss of class indices, also where it compares numbers.
  package func ofLabels(_ output: Value, _ labels: Value) -> Value {
    guard target == .numbers, output.rank >= 1 else { return self(output, labels) }
    return self(output, labels.applying(Op.OneHot(classes: output.channels)))
  }
}
