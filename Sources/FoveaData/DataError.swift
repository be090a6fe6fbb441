import FoveaFiles

/// Data that cannot be used: which file, and what is wrong with it.
public struct DataError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: String, Sendable {
    /// A file or folder that should be there is not.
    case missing
    /// The content is not what its format asks for, or the file ends early.
    case damaged
    /// A sound file of a kind that is not read here.
    case unsupported
    /// Two parts do not fit together, such as images and labels of different number.
    case inconsistent
    /// More pixels or bytes than the limit, or than a file of this size can hold.
    case tooLarge
    /// What was asked for does not exist or makes no sense.
    case usage
    /// The system refused: permissions, a full disk, a broken device.
    case system
  }

  public let kind: Kind
  /// The file or folder, or what was asked for.
  public let subject: String
  /// One clause in plain words.
  public let reason: String

  package init(_ kind: Kind, _ subject: String, _ reason: String) {
    (self.kind, self.subject, self.reason) = (kind, subject, reason)
  }

  init(_ error: FileError) {
    let kind: Kind =
      switch error.kind {
      case .missing: .missing
      case .damaged: .damaged
      case .system: .system
      }
    self.init(kind, error.path, error.reason)
  }

  public var description: String { "\(subject): \(reason)" }
}

/// Runs `body` and turns an error about a file into one about data.
func asDataError<R>(_ body: () throws(FileError) -> R) throws(DataError) -> R {
  do throws(FileError) { return try body() } catch { throw DataError(error) }
}
