/// A training that cannot start or go on.
public struct TrainingError: Error, Sendable, CustomStringConvertible {
  public let description: String
  package init(_ description: String) { self.description = description }
}
