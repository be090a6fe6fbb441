import FoveaFiles

/// A file of weights or arrays that cannot be read or written: which file, and what is wrong.
public struct FormatError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: String, Sendable {
    /// The file, or the array asked for, is not there.
    case missing
    /// The content is not what the format asks for, or the file ends early.
    case damaged
    /// A sound file with something that is not read here.
    case unsupported
    /// What was asked for makes no sense.
    case usage
    /// The system refused: permissions, a full disk, a broken device.
    case system
  }

  public let kind: Kind
  public let path: String
  /// One clause in plain words.
  public let reason: String

  package init(_ kind: Kind, _ path: String, _ reason: String) {
    (self.kind, self.path, self.reason) = (kind, path, reason)
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

  public var description: String { "\(path): \(reason)" }
}

/// Runs `body` and turns an error about a file into one about its format.
func asFormatError<R>(_ body: () throws(FileError) -> R) throws(FormatError) -> R {
  do throws(FileError) { return try body() } catch { throw FormatError(error) }
}
