import FoveaCore
import FoveaFiles

/// The header of a safetensors file, checked against the file's size.
struct SafetensorsHeader {
  struct Entry {
    let name: String
    let type: StoredType
    let shape: Shape
    /// Where its bytes lie, counted from the end of the header.
    let offsets: Range<Int>
  }

  /// What the reference implementation allows, in bytes.
  private static let maximumLength = 100_000_000

  let metadata: [String: String]
  /// In the order of their bytes.
  let entries: [Entry]
  /// Where the header ends in the file.
  let dataStart: Int

  static let types: [String: StoredType] = [
    "F16": .float16, "BF16": .bfloat16, "F32": .float32, "F64": .float64,
    "I8": .int8, "I16": .int16, "I32": .int32, "I64": .int64,
    "U8": .uint8, "U16": .uint16, "U32": .uint32, "U64": .uint64, "BOOL": .bool,
  ]

  init(_ file: MappedFile) throws(FormatError) {
    let path = file.path
    let text = try file.withBytes { bytes throws(FormatError) in
      guard bytes.count >= 8 else { throw FormatError(.damaged, path, "\(bytes.count) bytes are no safetensors file") }
      let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
      guard length <= UInt64(bytes.count - 8), length <= Self.maximumLength else {
        throw FormatError(.damaged, path, "it promises a header of \(length) bytes and has \(bytes.count) bytes in all")
      }
      return [UInt8](bytes[8..<(8 + Int(length))])
    }
    dataStart = 8 + text.count

    let json: HeaderJSON
    do throws(HeaderJSON.Failure) {
      json = try HeaderJSON(parsing: text)
    } catch {
      throw FormatError(.damaged, path, "the header is malformed at byte \(8 + error.position): \(error.reason)")
    }
    guard case .object(let members) = json else {
      throw FormatError(.damaged, path, "the header is no list of tensors")
    }
    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    for (name, value) in members {
      if name == "__metadata__" {
        metadata = try Self.metadata(value, path: path)
      } else {
        entries.append(try Self.entry(name, value, path: path))
      }
    }
    self.metadata = metadata
    self.entries = entries.sorted {
      ($0.offsets.lowerBound, $0.offsets.upperBound) < ($1.offsets.lowerBound, $1.offsets.upperBound)
    }
    try checkLayout(dataSize: file.count - dataStart, path: path)
  }

  private static func metadata(_ value: HeaderJSON, path: String) throws(FormatError) -> [String: String] {
    guard case .object(let members) = value else {
      throw FormatError(.damaged, path, "__metadata__ is no list of texts")
    }
    var metadata: [String: String] = [:]
    for (name, value) in members {
      guard case .string(let text) = value else {
        throw FormatError(.damaged, path, "'\(name)' in __metadata__ is no text")
      }
      metadata[name] = text
    }
    return metadata
  }

  private static func entry(_ name: String, _ value: HeaderJSON, path: String) throws(FormatError) -> Entry {
    func fail(_ reason: String) -> FormatError { FormatError(.damaged, path, "tensor '\(name)' \(reason)") }
    guard case .object(let members) = value else { throw fail("is not described by a list") }
    var (type, shape, offsets): (String?, [Int]?, [Int]?)
    for (key, value) in members {
      switch (key, value) {
      case ("dtype", .string(let text)): type = text
      case ("shape", .array(let values)): shape = integers(values)
      case ("data_offsets", .array(let values)): offsets = integers(values)
      default: break
      }
    }
    guard let type, let shape, let offsets, offsets.count == 2 else {
      throw fail("needs a dtype, a shape and two data_offsets")
    }
    guard let stored = types[type] else {
      throw FormatError(.unsupported, path, "tensor '\(name)' has the type \(type), which is not read here")
    }
    guard offsets[0] >= 0, offsets[0] <= offsets[1] else { throw fail("lies at \(offsets[0])..<\(offsets[1])") }
    guard let size = stored.byteCount(of: shape), size == offsets[1] - offsets[0] else {
      throw fail("has \(offsets[1] - offsets[0]) bytes, which do not fill \(type) \(Shape(shape))")
    }
    return Entry(name: name, type: stored, shape: Shape(shape), offsets: offsets[0]..<offsets[1])
  }

  private static func integers(_ values: [HeaderJSON]) -> [Int]? {
    var integers: [Int] = []
    for value in values {
      guard case .integer(let integer) = value else { return nil }
      integers.append(integer)
    }
    return integers
  }

  /// The tensors follow each other without overlap or gap and fill the file.
  private func checkLayout(dataSize: Int, path: String) throws(FormatError) {
    var end = 0
    for entry in entries {
      guard entry.offsets.lowerBound == end else {
        let what = entry.offsets.lowerBound < end ? "overlaps the one before it" : "leaves a gap before it"
        throw FormatError(.damaged, path, "tensor '\(entry.name)' at byte \(entry.offsets.lowerBound) \(what)")
      }
      end = entry.offsets.upperBound
    }
    guard end == dataSize else {
      throw FormatError(
        .damaged, path,
        end > dataSize
          ? "the file is cut off: its tensors need \(end) bytes, \(dataSize) are there"
          : "\(dataSize - end) bytes follow the last tensor")
    }
  }
}
