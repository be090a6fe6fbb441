import CZlib
import Glibc

/// Reads a gzip file as a stream and checks its checksum and length at the end; a file that is not gzip comes as it is.
package final class GzipReader {
  package let path: String
  /// The size of the file on disk; deflate packs at most 1032 to 1, so this bounds what can come out.
  package let storedSize: Int
  private let handle: gzFile

  package init(_ path: String) throws(FileError) {
    let file = try OpenFile(reading: path)
    storedSize = try file.status().size
    self.path = path
    let descriptor = fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0)
    guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
    guard let handle = gzdopen(descriptor, "rb") else {
      close(descriptor)
      throw FileError(.system, path, "no memory to unpack it")
    }
    self.handle = handle
    gzbuffer(handle, 1 << 17)
  }

  deinit { gzclose(handle) }

  /// Reads until `buffer` is full or the data end; returns how many bytes came.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    var count = 0
    while count < buffer.count {
      let wanted = min(buffer.count - count, 1 << 30)
      let got = Int(gzread(handle, buffer.baseAddress! + count, UInt32(wanted)))
      if got < wanted { try checkForError() }
      if got <= 0 { break }
      count += got
    }
    return count
  }

  /// Up to `count` bytes, fewer if the data end. Memory grows with what really comes.
  package func read(count: Int) throws(FileError) -> [UInt8] {
    try collect(count) { buffer throws(FileError) in try read(into: buffer) }
  }

  /// The number of bytes until the end, whose checksum this verifies.
  package func skipToEnd() throws(FileError) -> Int {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { buffer.deallocate() }
    var rest = 0
    while true {
      let got = try read(into: buffer)
      if got == 0 { return rest }
      rest += got
    }
  }

  private func checkForError() throws(FileError) {
    var code: CInt = 0
    let message = gzerror(handle, &code).map { String(cString: $0) } ?? ""
    let text = message.split(separator: ": ", maxSplits: 1).last ?? ""  // without the descriptor's number
    switch code {
    case Z_OK, Z_STREAM_END: return
    case Z_ERRNO: throw FileError(path: path, code: errno)
    case Z_BUF_ERROR: throw FileError(.damaged, path, "the compressed data end early; fetch the file again")
    default: throw FileError(.damaged, path, "the compressed data are damaged (\(text)); fetch the file again")
    }
  }
}

extension Array where Element == UInt8 {
  /// `withUnsafeMutableBytes` that keeps the type of the error.
  package mutating func withUnsafeMutableBytesThrowing<R, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> R
  ) throws(Failure) -> R {
    let result: Result<R, Failure> = withUnsafeMutableBytes { buffer in
      do throws(Failure) { return .success(try body(buffer)) } catch { return .failure(error) }
    }
    return try result.get()
  }
}
