/// A mistake in how layers fit together, found while tracing, before any data is read.
public struct ShapeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where: the path of the layer, e.g. `layer1.0.conv1`.
  public var path = ""
  /// What was expected and what came, with the formula and its numbers.
  public let problem: String
  /// The smallest change that makes it fit.
  public let fix: String

  public init(_ problem: String, fix: String) { (self.problem, self.fix) = (problem, fix) }

  public var description: String { "\(path.isEmpty ? "model" : path): \(problem); \(fix)" }
}

/// Every shape mistake of a model, reported at once.
public struct ModelError: Error, Sendable, CustomStringConvertible {
  public let errors: [ShapeError]

  public init(_ errors: [ShapeError]) { self.errors = errors }

  public var description: String { errors.map(\.description).joined(separator: "\n") }
}
