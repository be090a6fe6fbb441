public import FoveaCore
import FoveaFiles

/// A file of named tensors: a length, a JSON header, the bytes.
///
/// Opening checks the whole header and reads no weights; these come from the disk when a tensor's numbers are read. A
/// tensor that has its type in the file lies there: the file is not to be written to, only replaced.
/// - Source: github.com/huggingface/safetensors, README, "Format".
public struct SafetensorsFile: Sendable {
  public let path: String
  /// What the writer noted about the file.
  public let metadata: [String: String]
  /// The names in the order of the data.
  public let names: [String]
  private let entries: [String: SafetensorsHeader.Entry]
  private let file: MappedFile
  private let dataStart: Int

  /// - Errors: no such file; a header that is longer than the file, malformed, or at odds with the data, saying where.
  public init(contentsOf path: String) throws(FormatError) {
    let file = try asFormatError { () throws(FileError) in try MappedFile(path) }
    let header = try SafetensorsHeader(file)
    (self.path, self.file) = (path, file)
    (metadata, dataStart) = (header.metadata, header.dataStart)
    names = header.entries.map(\.name)
    entries = Dictionary(uniqueKeysWithValues: header.entries.map { ($0.name, $0) })
  }

  /// The shape of a tensor; `nil` if there is none of this name.
  public func shape(of name: String) -> Shape? { entries[name]?.shape }

  /// Reads a tensor: F16 and F64 become float32, I16, I64, U16, U32 and U64 int32, BOOL uint8.
  /// - Errors: no tensor of this name; an integer that does not fit into 32 bits.
  public func tensor(_ name: String) throws(FormatError) -> Tensor {
    guard let entry = entries[name] else {
      let some = names.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
      throw FormatError(
        .missing, path, "there is no tensor '\(name)'; it has \(names.count)\(names.isEmpty ? "" : ", such as \(some)")"
      )
    }
    return try file.withBytes { bytes throws(FormatError) in
      let range = (dataStart + entry.offsets.lowerBound)..<(dataStart + entry.offsets.upperBound)
      let bytes = UnsafeRawBufferPointer(rebasing: bytes[range])
      let type = entry.type.elementType
      // As it lies in the file, where nothing keeps it from being read there.
      if entry.type == StoredType(type), bytes.count > 0, Int(bitPattern: bytes.baseAddress) % type.byteCount == 0 {
        return Tensor(shape: entry.shape, elementType: type, storage: AlignedBuffer(reading: bytes, of: file))
      }
      return try entry.type.tensor(bytes, shape: entry.shape, path: path, name: "tensor '\(name)'")
    }
  }

  /// Reads all tensors.
  public func tensors() throws(FormatError) -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for name in names { tensors[name] = try tensor(name) }
    return tensors
  }
}
