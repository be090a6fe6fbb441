import Glibc

/// All bytes of a regular file.
/// - Errors: also if it has more than `limit` bytes.
package func readFile(_ path: String, limit: Int = .max) throws(FileError) -> [UInt8] {
  let file = try OpenFile(reading: path)
  let size = try file.status().size
  guard size <= limit else { throw FileError(.damaged, path, "\(size) bytes are more than the limit of \(limit)") }
  var failure: FileError?
  let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
    do throws(FileError) {
      count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
    } catch { failure = error }
  }
  if let failure { throw failure }
  return bytes
}

/// The first `count` bytes of a stream, fewer if it ends before. Memory grows with what really comes.
///
/// - Parameter next: fills a part of the buffer and returns how much; nothing at the end.
package func collect(
  _ count: Int, from next: (UnsafeMutableRawBufferPointer) throws(FileError) -> Int
) throws(FileError) -> [UInt8] {
  let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: min(max(count, 1), 1 << 18), alignment: 16)
  defer { piece.deallocate() }
  var bytes: [UInt8] = []
  while bytes.count < count {
    let wanted = UnsafeMutableRawBufferPointer(rebasing: piece[..<min(piece.count, count - bytes.count)])
    let got = try next(wanted)
    if got == 0 { break }
    bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: wanted[..<got]))
  }
  return bytes
}

/// The names in a folder, sorted by their bytes, so that the order is the same on every machine.
package func namesInFolder(_ path: String) throws(FileError) -> [String] {
  guard let folder = opendir(path) else {
    let code = errno
    guard code == ENOTDIR else { throw FileError(path: path, code: code) }
    throw FileError(.damaged, path, "a folder is needed, this is a file")
  }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// Makes a folder, and those around it that are not there.
/// - Errors: what the system said, or that a file is in the way.
package func makeFolders(_ path: String) throws(FileError) {
  if let status = FileStatus(path) {
    guard status.isDirectory else { throw FileError(.system, path, "a folder is needed, this is a file") }
    return
  }
  if let slash = path.lastIndex(of: "/"), slash > path.startIndex { try makeFolders(String(path[..<slash])) }
  guard mkdir(path, 0o777) != 0, errno != EEXIST else { return }
  throw FileError(.system, path, "the folder could not be made: \(FileError.text(of: errno))")
}

/// - Errors: a folder in which no file can be made.
package func checkWritable(_ folder: String) throws(FileError) {
  let path = folder + "/.fovea.\(getpid())"
  do throws(FileError) {
    _ = try OpenFile(creating: path)
  } catch {
    throw FileError(.system, folder, "it cannot be written to: \(error.reason)")
  }
  unlink(path)
}
