import Glibc
import Synchronization

/// A file or folder in the making, beside the one it will replace: what `AtomicFile` and `AtomicDirectory` share.
///
/// Its hidden name is `.NAME.PROCESS.NUMBER.partial`. The process that fills it holds a lock on it, so that what a
/// killed process left behind can be told from what another one is still writing.
struct Replacement {
  /// The final path, symbolic links followed.
  let target: String
  let temporary: String

  private static let counter = Atomic<Int>(0)
  private static let suffix = ".partial"

  private init(of path: String) {
    target = realPath(path) ?? plainPath(path)
    let number = Self.counter.add(1, ordering: .relaxed).newValue
    temporary = Self.folder(of: target) + "/" + Self.prefix(of: target) + "\(getpid()).\(number)" + Self.suffix
  }

  /// Makes and locks a new temporary for `path`, after removing what killed processes left of earlier ones. The file
  /// must stay open until the rename.
  ///
  /// - Parameter create: makes the temporary and opens it.
  static func begin(
    of path: String, _ create: (String) throws(FileError) -> OpenFile
  ) throws(FileError) -> (Replacement, OpenFile) {
    while true {
      let replacement = Replacement(of: path)
      replacement.removeAbandoned()
      let file: OpenFile
      do throws(FileError) {
        file = try create(replacement.temporary)
      } catch { throw replacement.explain(error, path: path) }
      // Somebody who tidied up may have taken it for abandoned just before it was locked: then try another.
      if file.lock(), FileStatus(replacement.temporary) != nil { return (replacement, file) }
    }
  }

  private func removeAbandoned() {
    let folder = Self.folder(of: target)
    let prefix = Self.prefix(of: target)
    for name in (try? namesInFolder(folder)) ?? [] where name.hasPrefix(prefix) && name.hasSuffix(Self.suffix) {
      let path = folder + "/" + name
      guard let file = try? OpenFile(path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK) else { continue }
      if flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 { removeTree(path) }
    }
  }

  /// Waits until a rename in the target's folder is on the disk.
  func syncFolder() throws(FileError) {
    try OpenFile(folder: Self.folder(of: target)).sync()
  }

  /// An error about the temporary as one about the target, with what became of the thing that was there before.
  func explain(_ error: FileError, path: String) -> FileError {
    let inside = error.path.hasPrefix(temporary) ? error.path.dropFirst(temporary.count) : ""
    let before = FileStatus(target) == nil ? "nothing was left behind" : "what was there before is unchanged"
    let folder = Self.folder(of: target)
    let reason = FileStatus(folder) == nil ? "there is no folder \(folder)" : error.reason
    return FileError(error.kind, path + inside, "could not be written: \(reason); \(before)")
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Names have at most 255 bytes: a long one is cut to leave room for the rest.
  private static func prefix(of path: String) -> String {
    let name = path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
    return "." + String(decoding: name.utf8.prefix(200), as: UTF8.self) + "."
  }
}

/// Removes a file, or a folder with all that is in it; symbolic links are removed, not followed. What cannot be
/// removed stays.
package func removeTree(_ path: String) {
  var status = stat()
  guard lstat(path, &status) == 0 else { return }
  guard status.st_mode & S_IFMT == S_IFDIR else {
    unlink(path)
    return
  }
  for name in (try? namesInFolder(path)) ?? [] { removeTree(path + "/" + name) }
  rmdir(path)
}
