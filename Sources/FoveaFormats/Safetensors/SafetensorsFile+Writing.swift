public import FoveaCore
package import FoveaFiles

extension SafetensorsFile {
  /// Writes a file; one that is there is replaced only when the new one is complete and on the disk.
  ///
  /// Equal tensors and metadata make equal files: the tensors are sorted by the size of their elements, so that each
  /// lies at a multiple of it, then by name; the data begin at a multiple of 64 bytes.
  /// - Errors: a tensor named `__metadata__`; whatever keeps the file from being written.
  public static func write(
    _ tensors: [String: Tensor], metadata: [String: String] = [:], to path: String
  ) throws(FormatError) {
    guard tensors["__metadata__"] == nil else {
      throw FormatError(.usage, path, "a tensor cannot be named '__metadata__', which is where notes are kept")
    }
    try asFormatError { () throws(FileError) in
      try AtomicFile.write(to: path) { file throws(FileError) in
        try write(tensors, metadata: metadata, to: file)
      }
    }
  }

  /// Writes into a file that is open; for those who see to it themselves that it is whole, such as
  /// `AtomicDirectory`. No tensor is named `__metadata__`.
  package static func write(
    _ tensors: [String: Tensor], metadata: [String: String] = [:], to file: OpenFile
  ) throws(FileError) {
    let sorted = tensors.sorted { a, b in
      let (aSize, bSize) = (a.value.elementType.byteCount, b.value.elementType.byteCount)
      return aSize != bSize ? aSize > bSize : a.key < b.key
    }
    try file.write(header(sorted, metadata: metadata))
    for (_, tensor) in sorted { try file.write(tensor) }
  }

  private static func header(_ tensors: [(key: String, value: Tensor)], metadata: [String: String]) -> [UInt8] {
    var parts: [String] = []
    if !metadata.isEmpty {
      let notes = metadata.sorted { $0.key < $1.key }.map {
        HeaderJSON.quoted($0.key) + ":" + HeaderJSON.quoted($0.value)
      }
      parts.append("\"__metadata__\":{" + notes.joined(separator: ",") + "}")
    }
    var end = 0
    for (name, tensor) in tensors {
      let type = SafetensorsHeader.types.first { $0.value == StoredType(tensor.elementType) }!.key
      let shape = tensor.shape.dimensions.map(String.init).joined(separator: ",")
      parts.append(
        HeaderJSON.quoted(name)
          + ":{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(end),\(end + tensor.byteCount)]}")
      end += tensor.byteCount
    }
    var text = Array(("{" + parts.joined(separator: ",") + "}").utf8)
    text += repeatElement(0x20, count: (64 - (8 + text.count) % 64) % 64)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
  }
}

extension OpenFile {
  /// Writes the elements as they lie in memory.
  func write(_ tensor: Tensor) throws(FileError) {
    let result: Result<Void, FileError> = tensor.withUnsafeBytes { bytes in
      Result { () throws(FileError) in try write(bytes) }
    }
    try result.get()
  }
}
