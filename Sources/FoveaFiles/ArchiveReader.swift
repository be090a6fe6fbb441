import CArchive

/// Reads the entries of a zip or tar file one after the other, unpacked.
package final class ArchiveReader {
  package struct Entry {
    package let name: String
    /// As the archive promises; `nil` where it does not say. Not to be trusted before the data have come.
    package let size: Int?
  }

  package let path: String
  private let archive: OpaquePointer
  private let source: Source
  private var entryName = ""

  /// Where the archive's bytes come from; kept alive while libarchive may ask for more.
  private enum Source {
    case mapped(MappedFile)
    case gzip(Unmanaged<GzipSource>)
  }

  /// A zip file, whose table of entries is at its end.
  package init(zip path: String) throws(FileError) {
    let file = try MappedFile(path)
    (self.path, archive, source) = (path, archive_read_new(), .mapped(file))
    // Without its table, a zip is one that was cut off: what is left of it must not pass for the whole.
    guard Self.endsInTable(file.unsafeBytes) else {
      throw FileError(
        .damaged, path, "its end is missing, where a zip has the table of its entries; copy or download it again")
    }
    guard !file.unsafeBytes.starts(with: [0x50, 0x4b, 5, 6]) else {
      throw FileError(.damaged, path, "it is an archive without entries; give one that holds arrays")
    }
    archive_read_support_format_zip_seekable(archive)
    try check(archive_read_open_memory(archive, file.unsafeBytes.baseAddress, file.count))
  }

  /// Whether the record that ends a zip's table is there, behind which only a comment of less than 64 KiB may stand.
  private static func endsInTable(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let start = max(bytes.count - 65_557, 0)
    return stride(from: bytes.count - 22, through: start, by: -1).contains { place in
      place >= 0 && bytes[place...].starts(with: [0x50, 0x4b, 5, 6])
    }
  }

  /// A tar file, plain or in gzip.
  package init(tar path: String) throws(FileError) {
    let gzip = Unmanaged.passRetained(GzipSource(try GzipReader(path)))
    (self.path, archive, source) = (path, archive_read_new(), .gzip(gzip))
    archive_read_support_format_tar(archive)
    archive_read_support_format_gnutar(archive)
    try check(
      archive_read_open(
        archive, gzip.toOpaque(), nil,
        { archive, context, bytes in
          let source = Unmanaged<GzipSource>.fromOpaque(context!).takeUnretainedValue()
          bytes?.pointee = UnsafeRawPointer(source.buffer.baseAddress)
          guard let count = source.next() else {
            archive_clear_error(archive)
            return -1
          }
          return count
        }, nil))
  }

  deinit {
    archive_read_free(archive)
    if case .gzip(let gzip) = source { gzip.release() }
  }

  /// Goes on to the next entry that is a file; `nil` at the end, where a gzip file's checksum has been verified.
  package func next() throws(FileError) -> Entry? {
    while true {
      var header: OpaquePointer?
      let status = withUTF8Locale { archive_read_next_header(archive, &header) }
      if status == ARCHIVE_EOF {
        if case .gzip(let gzip) = source { _ = try gzip.takeUnretainedValue().reader.skipToEnd() }
        return nil
      }
      try check(status)
      guard archive_entry_filetype(header) == UInt32(S_IFREG) else { continue }
      entryName = withUTF8Locale { archive_entry_pathname(header) }.map { String(cString: $0) } ?? "?"
      return Entry(
        name: entryName, size: archive_entry_size_is_set(header) != 0 ? Int(archive_entry_size(header)) : nil)
    }
  }

  /// Up to `count` more bytes of the current entry, fewer if it ends. Memory grows with what really comes.
  package func read(count: Int) throws(FileError) -> [UInt8] {
    try collect(count) { buffer throws(FileError) in
      let got = archive_read_data(archive, buffer.baseAddress, buffer.count)
      guard got >= 0 else { throw failure() }  // also a warning: that is how a wrong checksum is told
      return got
    }
  }

  /// All of the current entry.
  /// - Errors: also if it is larger than `limit` bytes.
  package func readAll(limit: Int) throws(FileError) -> [UInt8] {
    let bytes = try read(count: limit + 1)
    guard bytes.count <= limit else { throw FileError(.damaged, path, "\(entryName) has more than \(limit) bytes") }
    return bytes
  }

  private func check(_ status: CInt) throws(FileError) {
    if status != ARCHIVE_OK, status != ARCHIVE_WARN { throw failure() }
  }

  private func failure() -> FileError {
    if case .gzip(let gzip) = source, let error = gzip.takeUnretainedValue().error { return error }
    let text = archive_error_string(archive).map { String(cString: $0) } ?? "unknown damage"
    return FileError(
      .damaged, path, "the archive cannot be read\(entryName.isEmpty ? "" : " after \(entryName)"): \(text)")
  }
}

/// Feeds a gzip stream to libarchive, whose own gzip reader does not verify checksums.
private final class GzipSource {
  let reader: GzipReader
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
  private(set) var error: FileError?

  init(_ reader: GzipReader) { self.reader = reader }

  deinit { buffer.deallocate() }

  /// Fills the buffer; `nil` after an error.
  func next() -> Int? {
    do throws(FileError) {
      return try reader.read(into: buffer)
    } catch {
      self.error = error
      return nil
    }
  }
}
