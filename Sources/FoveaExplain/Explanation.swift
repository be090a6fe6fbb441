public import FoveaCore

/// One activation of a model, down to products and sums.
public struct Explanation: Sendable, Codable {
  /// One operation inside the layer, in the order in which they are computed.
  public struct Step: Sendable, Codable {
    /// Its name, with a number where the layer has several of that name.
    public let operation: String
    /// Where in the operation's result, without the batch.
    public let at: [Int]
    /// What the operation reads: a parameter's path, a layer's path, or an operation of the layer. `operand` of a factor
    /// counts them.
    public let sources: [String]
    public let arithmetic: Arithmetic
  }

  /// What is seen of one spatial axis of the input: from `first` to `last`, both included.
  public struct Field: Sendable, Codable {
    public let name: String
    public let first: Int
    public let last: Int
    /// The size of the input along this axis.
    public let length: Int
    /// So many positions of the field lie outside of the input, on padding.
    public let outside: Int
  }

  public let model: String
  public let layer: String
  /// The layer's type.
  public let kind: String
  /// What the layer computes, in letters; `nil` where its steps say it.
  public let formula: String?
  /// Without the batch.
  public let at: [Int]
  /// The shape of the layer's output for one example.
  public let shape: Shape
  public let steps: [Step]
  /// The patch of the input that the activation sees; empty if it depends on none, or if the input is no image.
  public let field: [Field]
  /// Whether any number of the input can change the activation; if not, all that it reads is padding and weights.
  public let dependsOnInput: Bool
  /// Recomputed from the terms.
  public let value: Double
  /// The program's own.
  public let programValue: Float
  /// Whether the layer passes its input on when predicting, as dropout does: then the steps are those of `source`.
  public let source: String?
}

extension Explanation {
  /// The difference that rounding to float32 may make: a few units in the last place of what is added, which may be
  /// much larger than the result; oneDNN's logarithm and exponential are right to about thirty units.
  package var tolerance: Double {
    let errors = steps.map { step in
      Double(step.arithmetic.terms.count + 40) * step.arithmetic.magnitude + 8 * step.arithmetic.cancelled
    }
    return 1e-7 * (errors.max() ?? 0) + 1e-30
  }

  /// Whether the recomputed value is the program's, to the rounding of float32.
  public var agrees: Bool {
    let difference = abs(value - Double(programValue))
    return difference <= tolerance || (value.isNaN && programValue.isNaN) || value == Double(programValue)
  }
}
