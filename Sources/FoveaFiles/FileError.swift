import Glibc

/// A file or folder that cannot be read or written: which one, and why.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: String, Sendable {
    /// There is nothing at the path.
    case missing
    /// It is there, but the content is not what its format asks for, or the file ends early.
    case damaged
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

  /// What the system says about `code`; read `errno` before anything else can change it.
  package init(path: String, code: CInt) {
    switch code {
    case ENOENT: self.init(.missing, path, "there is no such file; check the path")
    case ENOTDIR: self.init(.missing, path, "a part of the path is a file, not a folder; check the path")
    default: self.init(.system, path, Self.text(of: code))
    }
  }

  /// `No space left on device` and the like.
  package static func text(of code: CInt) -> String { String(cString: strerror(code)) }

  public var description: String { "\(path): \(reason)" }
}
