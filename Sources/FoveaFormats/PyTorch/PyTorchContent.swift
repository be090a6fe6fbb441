import FoveaCore
import FoveaFiles

/// The numbers of a PyTorch file, by the key of their storage.
struct PyTorchStorages: Sendable {
  private enum Source: Sendable {
    case entries([String: [UInt8]])
    /// Where each storage lies in the file.
    case file(MappedFile, [String: Range<Int>])
  }

  let path: String
  let isBigEndian: Bool
  private let source: Source

  init(path: String, entries: [String: [UInt8]], isBigEndian: Bool) {
    (self.path, source, self.isBigEndian) = (path, .entries(entries), isBigEndian)
  }

  init(_ file: MappedFile, _ places: [String: Range<Int>], isBigEndian: Bool) {
    (path, source, self.isBigEndian) = (file.path, .file(file, places), isBigEndian)
  }

  /// - Errors: a storage that is missing, or shorter than it says.
  func withBytes<R>(
    of storage: PickleHeap.Storage, _ body: (UnsafeRawBufferPointer) throws(FormatError) -> R
  ) throws(FormatError) -> R {
    func check(_ count: Int?) throws(FormatError) {
      guard let count else { throw FormatError(.damaged, path, "the numbers '\(storage.key)' are missing") }
      guard count / storage.type.byteCount >= storage.count else {
        throw FormatError(
          .damaged, path, "the numbers '\(storage.key)' have \(count) bytes, too few for \(storage.count) elements")
      }
    }
    switch source {
    case .entries(let entries):
      let bytes = entries[storage.key]
      try check(bytes?.count)
      return try bytes!.withUnsafeBytesThrowing(body)
    case .file(let file, let places):
      let range = places[storage.key]
      try check(range?.count)
      return try file.withBytes { bytes throws(FormatError) in
        try body(UnsafeRawBufferPointer(rebasing: bytes[range!]))
      }
    }
  }
}

/// A PyTorch file in one of its two forms, unpickled.
struct PyTorchContent {
  let root: PickleValue
  let heap: PickleHeap
  let storages: PyTorchStorages

  init(_ path: String) throws(FormatError) {
    let file = try asFormatError { () throws(FileError) in try MappedFile(path) }
    let isZip = file.withBytes { $0.starts(with: [0x50, 0x4b]) }
    self = isZip ? try Self(zip: path, fileSize: file.count) : try Self(stream: file)
  }

  /// `NAME/data.pkl`, `NAME/data/KEY` for each storage, `NAME/byteorder`; nothing is compressed.
  private init(zip path: String, fileSize: Int) throws(FormatError) {
    var (pickle, entries, isBigEndian, isScript) = ([UInt8]?.none, [String: [UInt8]](), false, false)
    try asFormatError { () throws(FileError) in
      let archive = try ArchiveReader(zip: path)
      var room = fileSize
      while let entry = try archive.next() {
        let parts = entry.name.split(separator: "/").dropFirst()
        if parts == ["constants.pkl"] { isScript = true }
        let isStorage = parts.count == 2 && parts.first == "data"
        guard isStorage || parts == ["data.pkl"] || parts == ["byteorder"] else { continue }
        let bytes = try archive.readAll(limit: room)
        room -= bytes.count
        if isStorage {
          entries[String(parts.last!)] = bytes
        } else if parts == ["byteorder"] {
          isBigEndian = bytes.starts(with: Array("big".utf8))
        } else {
          pickle = bytes
        }
      }
    }
    guard !isScript else {
      throw FormatError(
        .unsupported, path,
        "it is a TorchScript archive, of torch.jit.save, which holds code; save the tensors alone, with "
          + "torch.save(torch.jit.load(…).state_dict(), …)")
    }
    guard let pickle else {
      throw FormatError(.unsupported, path, "a zip file without a data.pkl is no PyTorch file")
    }
    (root, heap, _) = try pickle.withUnsafeBytesThrowing { bytes throws(FormatError) in
      try Self.unpickle(bytes, at: 0, path: path)
    }
    storages = PyTorchStorages(path: path, entries: entries, isBigEndian: isBigEndian)
  }

  /// 0x1950a86a20f9469cfc6c.
  private static let magicNumber: [UInt8] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]

  /// Five pickle streams - magic number, version, what the machine was like, the object, the keys of the storages - and
  /// then, for each key, the number of its elements in 8 bytes, and the elements.
  private init(stream file: MappedFile) throws(FormatError) {
    let path = file.path
    let (root, heap, places, isBigEndian) = try file.withBytes { bytes throws(FormatError) in
      guard let magic = try? Self.unpickle(bytes, at: 0, path: path), case .large(Self.magicNumber) = magic.root else {
        throw FormatError(.unsupported, path, "no PyTorch file: it is no zip file and lacks PyTorch's magic number")
      }
      let version = try Self.unpickle(bytes, at: magic.end, path: path)
      let machine = try Self.unpickle(bytes, at: version.end, path: path)
      let object = try Self.unpickle(bytes, at: machine.end, path: path)
      let keys = try Self.unpickle(bytes, at: object.end, path: path)
      var isBigEndian = false
      for (name, value) in machine.heap.entries(of: machine.root) ?? [] {
        if name == "little_endian", case .bool(false) = value { isBigEndian = true }
      }
      var widths = object.heap.unreadWidths
      for storage in object.heap.storages { widths[storage.key] = storage.type.byteCount }
      var (places, position) = ([String: Range<Int>](), keys.end)
      for key in keys.heap.elements(of: keys.root) ?? [] {
        guard case .text(let key) = key, let width = widths[key], bytes.count - position >= 8 else {
          throw FormatError(.damaged, path, "the numbers of its storages are cut off or nameless")
        }
        let stored = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        let count = isBigEndian ? UInt64(bigEndian: stored) : UInt64(littleEndian: stored)
        position += 8
        guard count <= UInt64(bytes.count - position) / UInt64(width) else {
          throw FormatError(
            .damaged, path, "the file is cut off: \(count) numbers of '\(key)' at byte \(position) of \(bytes.count)")
        }
        places[key] = position..<(position + Int(count) * width)
        position += Int(count) * width
      }
      return (object.root, object.heap, places, isBigEndian)
    }
    (self.root, self.heap) = (root, heap)
    storages = PyTorchStorages(file, places, isBigEndian: isBigEndian)
  }

  private static func unpickle(
    _ bytes: UnsafeRawBufferPointer, at position: Int, path: String
  ) throws(FormatError) -> (root: PickleValue, heap: PickleHeap, end: Int) {
    var reader = PickleReader(bytes, at: position)
    do throws(PickleReader.Failure) {
      let root = try reader.read()
      return (root, reader.heap, reader.position)
    } catch { throw FormatError(error.kind, path, error.reason) }
  }
}
