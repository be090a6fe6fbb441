import FoveaFiles
import FoveaTestSupport
import Glibc
import Testing

@Test func `files are read whole or mapped, folders and missing files are named`() throws {
  let folder = TemporaryFolder()
  let path = folder.write([1, 2, 3], to: "a")
  #expect(try readFile(path) == [1, 2, 3])
  #expect(try MappedFile(path).withBytes(Array.init) == [1, 2, 3])
  #expect(try MappedFile(folder.write([], to: "empty")).count == 0)
  #expect(throws: FileError(.missing, folder.path("b"), "there is no such file; check the path")) {
    try readFile(folder.path("b"))
  }
  #expect(throws: FileError(.damaged, folder.path, "a file is needed, this is a folder")) {
    try MappedFile(folder.path)
  }
  mkfifo(folder.path("pipe"), 0o666)
  #expect(throws: FileError(.damaged, folder.path("pipe"), "not a regular file")) { try readFile(folder.path("pipe")) }
}

private let content = (0..<600).map { UInt8(truncatingIfNeeded: $0 * $0 * 7) }
private let packed = gzipped(content)

@Test func `gzip data come unpacked, other data as they are`() throws {
  let folder = TemporaryFolder()
  #expect(try GzipReader(folder.write(packed, to: "a.gz")).read(count: 10_000) == content)
  #expect(try GzipReader(folder.write([1, 2, 3], to: "plain")).read(count: 2) == [1, 2])
}

@Test func `a gzip file that is cut off or altered is refused`() {
  let folder = TemporaryFolder()
  func unpacked(_ bytes: some Sequence<UInt8>) -> [UInt8]? {
    guard let reader = try? GzipReader(folder.write(bytes, to: "a.gz")) else { return nil }
    let content = try? reader.read(count: 10_000)
    return (try? reader.skipToEnd()) == 0 ? content : nil
  }
  #expect(unpacked(packed) == content)
  for count in 2..<packed.count { #expect(unpacked(packed.prefix(count)) == nil, "cut to \(count) bytes") }
  // The first ten bytes are the header; some bits of the code tables stand for nothing that occurs.
  for position in 10..<packed.count {
    var bytes = packed
    bytes[position] ^= 0x40
    let result = unpacked(bytes)
    #expect(result == nil || result == content, "byte \(position)")
  }
  for position in (packed.count - 8)..<packed.count {  // checksum and length
    var bytes = packed
    bytes[position] ^= 1
    #expect(unpacked(bytes) == nil, "byte \(position)")
  }
}

@Test func `a zip file gives back what was stored, in order`() throws {
  let folder = TemporaryFolder()
  let path = folder.path("a.zip")
  let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
  try AtomicFile.write(to: path) { file throws(FileError) in
    let writer = try ZipWriter(file)
    for (name, bytes) in [("x.npy", [1, 2, 3]), ("größe.npy", large), ("none.npy", [])] {
      let result: Result<Void, FileError> = bytes.withUnsafeBytes { bytes in
        Result { () throws(FileError) in try writer.add(name, [bytes]) }
      }
      try result.get()
    }
    try writer.finish()
  }
  let reader = try ArchiveReader(zip: path)
  let first = try #require(try reader.next())
  #expect(first.name == "x.npy")
  #expect(first.size == 3)
  #expect(try reader.readAll(limit: 3) == [1, 2, 3])
  #expect(try reader.next()?.name == "größe.npy")
  #expect(try reader.readAll(limit: large.count) == large)
  #expect(try reader.next()?.name == "none.npy")
  #expect(try reader.readAll(limit: 0) == [])
  let end = try reader.next()
  #expect(end == nil)
}

@Test func `an entry above the limit and a file that is no archive are refused`() throws {
  let folder = TemporaryFolder()
  let path = folder.path("a.zip")
  try AtomicFile.write(to: path) { file throws(FileError) in
    let writer = try ZipWriter(file)
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 1)
    defer { bytes.deallocate() }
    bytes.initializeMemory(as: UInt8.self, repeating: 5)
    try writer.add("x", [UnsafeRawBufferPointer(bytes)])
    try writer.finish()
  }
  let reader = try ArchiveReader(zip: path)
  _ = try reader.next()
  #expect(throws: FileError(.damaged, path, "x has more than 99 bytes")) { try reader.readAll(limit: 99) }
  #expect(throws: FileError.self) {
    let reader = try ArchiveReader(zip: folder.write([1, 2, 3], to: "b.zip"))
    _ = try reader.next()
  }
}

@Test func `a zip file that was cut off anywhere is refused`() throws {
  let folder = TemporaryFolder()
  let path = folder.path("a.zip")
  try AtomicFile.write(to: path) { file throws(FileError) in
    let writer = try ZipWriter(file)
    for name in ["x", "y"] {
      let result: Result<Void, FileError> = [UInt8](repeating: 5, count: 40).withUnsafeBytes { bytes in
        Result { () throws(FileError) in try writer.add(name, [bytes]) }
      }
      try result.get()
    }
    try writer.finish()
  }
  let whole = try folder.read("a.zip")
  for length in 0..<whole.count {
    #expect(throws: FileError.self, "\(length) bytes") {
      let reader = try ArchiveReader(zip: folder.write(Array(whole[..<length]), to: "cut.zip"))
      while try reader.next() != nil {}
    }
  }
}
