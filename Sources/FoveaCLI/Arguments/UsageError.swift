/// A command line that cannot be understood: one sentence.
struct UsageError: Error, Sendable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
