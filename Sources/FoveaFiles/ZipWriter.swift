import CArchive

/// Writes a zip file with stored entries into an open file.
package final class ZipWriter {
  private let file: OpenFile
  private let archive: OpaquePointer
  private let sink: Unmanaged<Sink>

  package init(_ file: OpenFile) throws(FileError) {
    (self.file, archive, sink) = (file, archive_write_new(), .passRetained(Sink(file)))
    archive_write_set_format_zip(archive)
    archive_write_zip_set_compression_store(archive)
    archive_write_set_bytes_per_block(archive, 0)
    try check(
      archive_write_open(
        archive, sink.toOpaque(), nil,
        { _, context, bytes, count in
          let sink = Unmanaged<Sink>.fromOpaque(context!).takeUnretainedValue()
          return sink.write(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : -1
        }, nil))
  }

  deinit {
    archive_write_free(archive)
    sink.release()
  }

  /// Adds an entry whose `pieces` follow each other. The entry has no time stamp: equal content makes equal files.
  package func add(_ name: String, _ pieces: [UnsafeRawBufferPointer]) throws(FileError) {
    let entry = archive_entry_new()
    defer { archive_entry_free(entry) }
    withUTF8Locale { archive_entry_set_pathname_utf8(entry, name) }
    archive_entry_set_filetype(entry, UInt32(S_IFREG))
    archive_entry_set_perm(entry, 0o644)
    archive_entry_set_size(entry, Int64(pieces.reduce(0) { $0 + $1.count }))
    try check(withUTF8Locale { archive_write_header(archive, entry) })
    for piece in pieces where !piece.isEmpty {
      let written = archive_write_data(archive, piece.baseAddress, piece.count)
      guard written == piece.count else { return try check(ARCHIVE_FATAL) }
    }
    try check(archive_write_finish_entry(archive))
  }

  /// Writes the table of entries; nothing can be added after it.
  package func finish() throws(FileError) { try check(archive_write_close(archive)) }

  private func check(_ status: CInt) throws(FileError) {
    guard status != ARCHIVE_OK, status != ARCHIVE_WARN else { return }
    if let error = sink.takeUnretainedValue().error { throw error }
    throw FileError(.system, file.path, archive_error_string(archive).map { String(cString: $0) } ?? "unknown error")
  }
}

private final class Sink {
  private let file: OpenFile
  private(set) var error: FileError?

  init(_ file: OpenFile) { self.file = file }

  func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    do throws(FileError) {
      try file.write(bytes)
      return true
    } catch {
      self.error = error
      return false
    }
  }
}
