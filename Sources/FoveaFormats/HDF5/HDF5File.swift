import CHDF5
import FoveaCore
import Glibc

/// The arrays of numbers and the texts of an HDF5 file, all read at once. Links, and numbers that lie in other files or
/// other data sets, are not followed.
struct HDF5File: Sendable {
  /// The elements of an array as the file has them.
  struct Stored: Sendable {
    let type: StoredType
    let shape: Shape
    let bytes: [UInt8]
  }

  private(set) var arrays: [String: Stored] = [:]
  /// The paths of the arrays, each group's in the order of the alphabet.
  private(set) var paths: [String] = []
  /// By the object's path, empty for the top, and the name of the attribute.
  private(set) var texts: [String: [String: [String]]] = [:]

  /// - Parameters:
  ///   - bytes: of the whole file.
  ///   - path: what errors call it.
  ///   - leftOut: objects at the top that are passed over.
  /// - Errors: no HDF5 file; a damaged one; links, other packing than gzip's, other elements than numbers.
  init(_ bytes: UnsafeRawBufferPointer, path: String, leftOut: [String] = []) throws(FormatError) {
    guard Self.isOne(bytes) else { throw FormatError(.unsupported, path, "this is no HDF5 file") }
    let names = leftOut.map(\.utf8CString).joined() + [0]
    var reader = chdf5_reader()
    let error = chdf5_begin(bytes.baseAddress, bytes.count, names, &reader)
    guard error == 0 else { throw FormatError(.system, path, "it cannot be read: \(String(cString: strerror(error)))") }
    var room = Int(clamping: chdf5_content_limit(UInt64(bytes.count)))
    let result = Result { () throws(FormatError) in
      while try readRecord(from: reader.pipe, room: &room, path: path) {}
    }
    if chdf5_finish(reader) { throw FormatError(.damaged, path, "reading it does not come to an end") }
    try result.get()
  }

  /// Whether bytes begin as an HDF5 file.
  static func isOne(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.prefix(8).elementsEqual([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A])
  }

  func tensor(_ name: String, path: String) throws(FormatError) -> Tensor {
    guard let stored = arrays[name] else { throw FormatError(.missing, path, "there is no array '\(name)'") }
    return try stored.bytes.withUnsafeBytesThrowing { bytes throws(FormatError) in
      try stored.type.tensor(bytes, shape: stored.shape, path: path, name: "'\(name)'")
    }
  }
}

// What the reader says.
extension HDF5File {
  private static let types: [Int: StoredType] = [
    chdf5_float32: .float32, chdf5_float64: .float64, chdf5_int8: .int8, chdf5_int16: .int16, chdf5_int32: .int32,
    chdf5_int64: .int64, chdf5_uint8: .uint8, chdf5_uint16: .uint16, chdf5_uint32: .uint32, chdf5_uint64: .uint64,
  ]

  /// Whether more may follow. A reader that has died or says what makes no sense was led astray by the file.
  private mutating func readRecord(from pipe: CInt, room: inout Int, path: String) throws(FormatError) -> Bool {
    let astray = FormatError(.damaged, path, "its parts do not add up, and lead astray who reads them")
    let header = Self.read(MemoryLayout<chdf5_record>.size, from: pipe)
    guard header.count == MemoryLayout<chdf5_record>.size else { throw astray }
    let record = header.withUnsafeBytes { $0.loadUnaligned(as: chdf5_record.self) }
    guard record.name_count <= 1 << 16, record.content_count <= UInt64(room) else { throw astray }
    let name = Self.read(Int(record.name_count), from: pipe)
    let content = Self.read(Int(record.content_count), from: pipe)
    room -= content.count
    guard name.count == Int(record.name_count), content.count == Int(record.content_count) else { throw astray }
    let parts = name.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    switch Int(record.kind) {
    case chdf5_numbers:
      let sizes = withUnsafeBytes(of: record.sizes) { Array($0.bindMemory(to: UInt64.self)) }
      guard let type = Self.types[Int(record.type)], record.rank <= sizes.count else { throw astray }
      let dimensions = sizes.prefix(Int(record.rank)).map { Int(clamping: $0) }
      guard type.byteCount(of: dimensions) == content.count else { throw astray }
      if arrays.updateValue(Stored(type: type, shape: Shape(dimensions), bytes: content), forKey: parts[0]) == nil {
        paths.append(parts[0])
      }
    case chdf5_texts:
      guard parts.count == 2, content.last == 0 else { throw astray }
      texts[parts[0], default: [:]][parts[1]] = content.dropLast()
        .split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    case chdf5_unsupported:
      throw FormatError(.unsupported, path, "'\(parts[0])' is not read: \(String(decoding: content, as: UTF8.self))")
    case chdf5_damaged:
      let place = parts[0].isEmpty ? "" : "'\(parts[0])': "
      throw FormatError(.damaged, path, "a damaged HDF5 file: \(place)\(String(decoding: content, as: UTF8.self))")
    case chdf5_end: return false
    default: throw astray
    }
    return true
  }

  /// The next bytes, fewer than asked for at the end.
  private static func read(_ count: Int, from pipe: CInt) -> [UInt8] {
    // What is promised has yet to come: memory is taken as it does.
    var bytes: [UInt8] = []
    while bytes.count < count {
      let wanted = min(count - bytes.count, max(bytes.count, 1 << 20))
      let start = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: wanted))
      let got = bytes.withUnsafeMutableBytes { Glibc.read(pipe, $0.baseAddress! + start, wanted) }
      if got < 0, errno == EINTR {
        bytes.removeLast(wanted)
        continue
      }
      bytes.removeLast(wanted - max(got, 0))
      if got <= 0 { break }
    }
    return bytes
  }
}
