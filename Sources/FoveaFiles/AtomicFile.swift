import Glibc

/// Writes a file so that at every moment, also after a crash, the path holds the old content or the new one.
package enum AtomicFile {
  /// Gives `fill` a new file beside `path`; when it is filled and on the disk, it takes the place of `path`.
  ///
  /// A device or a pipe is written to directly, since there is nothing to replace.
  /// - Errors: says what the system said and that the previous file is unchanged; the temporary is removed.
  package static func write(to path: String, _ fill: (OpenFile) throws(FileError) -> Void) throws(FileError) {
    let previous = FileStatus(path)
    if let previous, previous.isDirectory {
      throw FileError(.system, path, "could not be written: this is a folder")
    }
    if let previous, !previous.isRegularFile {
      do throws(FileError) {
        return try fill(OpenFile(path, flags: O_WRONLY))
      } catch { throw FileError(error.kind, path, "could not be written: \(error.reason)") }
    }
    let (replacement, file) = try Replacement.begin(of: path) { temporary throws(FileError) in
      try OpenFile(temporary, flags: O_WRONLY | O_CREAT | O_EXCL)
    }
    defer { withExtendedLifetime(file) {} }  // holds the lock
    do throws(FileError) {
      if let previous { fchmod(file.descriptor, previous.mode & 0o7777) }
      try fill(file)
      try file.sync()
      guard rename(replacement.temporary, replacement.target) == 0 else {
        throw FileError(path: replacement.temporary, code: errno)
      }
    } catch {
      unlink(replacement.temporary)
      throw replacement.explain(error, path: path)
    }
    try replacement.syncFolder()
  }

  package static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    try write(to: path) { file throws(FileError) in try file.write(bytes) }
  }
}
