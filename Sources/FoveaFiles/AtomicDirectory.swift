import CFileSystem
import Glibc

/// Writes a folder so that at every moment, also after a crash, the path holds the old folder or the new one.
package enum AtomicDirectory {
  /// Gives `fill` the path of a new folder beside `path`; when its files are on the disk, it takes the place of `path`.
  ///
  /// - Parameter marker: a file that every folder of this kind holds. A folder without it is somebody's own and is
  ///   never replaced, unless it is empty.
  /// - Errors: those of `fill`; a `FileError` says what the system said and that the previous folder is unchanged.
  ///   The temporary is removed.
  package static func write(
    to path: String, replacingFoldersWith marker: String, _ fill: (String) throws -> Void
  ) throws {
    do throws(FileError) {
      try checkReplaceable(path, marker: marker)
    } catch { throw FileError(error.kind, path, "could not be written: \(error.reason); choose another") }
    let previous = FileStatus(path)
    let (replacement, folder) = try Replacement.begin(of: path) { temporary throws(FileError) in
      guard mkdir(temporary, 0o777) == 0 else { throw FileError(path: temporary, code: errno) }
      return try OpenFile(folder: temporary)
    }
    defer { withExtendedLifetime(folder) {} }  // holds the lock
    do {
      try fill(replacement.temporary)
      try syncTree(replacement.temporary)
      try swap(replacement, replacing: previous != nil)
    } catch let error as FileError {
      removeTree(replacement.temporary)
      throw replacement.explain(error, path: path)
    } catch {
      removeTree(replacement.temporary)
      throw error
    }
    removeTree(replacement.temporary)  // now the folder that was there before
    try replacement.syncFolder()
  }

  /// Whether `write` would replace what is at `path`, so that a program can say so before its work.
  ///
  /// - Errors: a file; a folder that is not empty and holds no file `marker`.
  package static func checkReplaceable(_ path: String, marker: String) throws(FileError) {
    guard let status = FileStatus(path) else { return }
    guard status.isDirectory else { throw FileError(.system, path, "this is a file, a folder is needed") }
    let isEmpty = try namesInFolder(path).isEmpty
    guard isEmpty || FileStatus(path + "/" + marker) != nil else {
      throw FileError(.system, path, "the folder there holds no \(marker) and is not replaced")
    }
  }

  private static func swap(_ replacement: Replacement, replacing: Bool) throws(FileError) {
    let (new, old) = (replacement.temporary, replacement.target)
    guard replacing else {
      guard rename(new, old) == 0 else { throw FileError(path: new, code: errno) }
      return
    }
    if c_exchange_paths(new, old) == 0 { return }
    // A file system that cannot exchange (some network ones): the old folder steps aside first, for a moment.
    guard [EINVAL, ENOSYS, EXDEV].contains(errno) else { throw FileError(path: new, code: errno) }
    let aside = new + ".old"
    guard rename(old, aside) == 0 else { throw FileError(path: new, code: errno) }
    guard rename(new, old) == 0 else {
      let code = errno
      rename(aside, old)
      throw FileError(path: new, code: code)
    }
    removeTree(aside)
  }

  private static func syncTree(_ path: String) throws(FileError) {
    if FileStatus(path)?.isDirectory == true {
      for name in try namesInFolder(path) { try syncTree(path + "/" + name) }
    }
    try OpenFile(path, flags: O_RDONLY | O_NONBLOCK).sync()
  }
}
