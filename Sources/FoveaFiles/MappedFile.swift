import Glibc

/// A file's bytes, read from the disk when they are touched.
///
/// Unchecked: the memory is read-only and unmapped once. Another process that cuts the file short while it is in use
/// breaks the mapping, as with every mapped file; writers here replace files and never shorten them.
package final class MappedFile: @unchecked Sendable {
  package let path: String
  /// Valid while the object lives, which the compiler ends at its last use: prefer `withBytes`.
  package let unsafeBytes: UnsafeRawBufferPointer

  package init(_ path: String) throws(FileError) {
    let file = try OpenFile(reading: path)
    let size = try file.status().size
    self.path = path
    guard size > 0 else {  // mmap refuses an empty range
      unsafeBytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.descriptor, 0), address != MAP_FAILED else {
      throw FileError(path: path, code: errno)
    }
    unsafeBytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  deinit {
    if let address = unsafeBytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), unsafeBytes.count) }
  }

  package var count: Int { unsafeBytes.count }

  package func withBytes<R, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> R
  ) throws(Failure) -> R {
    defer { withExtendedLifetime(self) {} }
    return try body(unsafeBytes)
  }
}
