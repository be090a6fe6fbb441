public import FoveaCore

/// The result of a node, while the graph is being built: what layers and operations take and give.
///
/// A value knows its shape; it has no numbers. After a shape error the value is invalid: what is computed from it is
/// invalid too, and no further error is reported for it.
public struct Value {
  public let builder: GraphBuilder
  package let node: Graph.NodeID?
  public let shape: Shape
  public let elementType: ElementType

  package var isValid: Bool { node != nil }

  public var rank: Int { shape.rank }

  /// The innermost dimension.
  public var channels: Int { shape.channels }

  /// Whether the graph is traced for training: then dropout drops, and batch normalisation uses the batch's moments.
  public var isTraining: Bool { builder.isTraining }

  /// `operation` on this value and `others`.
  public func applying(_ operation: some Operation, _ others: Value...) -> Value {
    builder.apply(operation, to: [self] + others)
  }

  /// `operation` on this value and `others`; if it does not fit, tracing goes on as if the result had `shape`, and
  /// later mistakes are found as well.
  public func applying(_ operation: some Operation, _ others: Value..., orAssuming shape: Shape?) -> Value {
    builder.apply(operation, to: [self] + others, orAssuming: shape)
  }

  /// A parameter of the layer being traced.
  ///
  /// - Errors: a name that the layer has used already is reported by `trace`.
  public func parameter(
    _ name: String, shape: Shape, _ initializer: Initializer, isTrainable: Bool = true
  ) -> Value {
    builder.parameter(name, shape: shape, initializer, isTrainable: isTrainable)
  }

  /// After each training step, `parameter` (a value made by `parameter(…)`) holds `self`.
  public func update(_ parameter: Value) { builder.update(parameter, to: self) }

  /// What to do about whole numbers where others are wanted.
  package static let fixOfIntegers =
    "put Embedding(count:size:) or OneHot(classes:) before it if they stand for words or classes, or give it float32"

  /// Reports that this value does not suit the layer being traced.
  ///
  /// - Parameters:
  ///   - problem: what is wrong, with the numbers.
  ///   - fix: the smallest change that makes it fit.
  ///   - assumedShape: what the layer would give after the fix; tracing goes on with it, so that later mistakes are
  ///     found too. Without it the result is invalid.
  public func failing(_ problem: String, fix: String, assuming assumedShape: Shape? = nil) -> Value {
    guard isValid else { return self }
    return builder.fail(ShapeError(problem, fix: fix), shape: shape, assuming: assumedShape)
  }
}
