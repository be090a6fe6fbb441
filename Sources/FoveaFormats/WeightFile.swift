public import FoveaCore
import FoveaFiles

/// Named tensors of a file in any of the formats that are read here; the first bytes say which it is.
public struct WeightFile: Sendable {
  private enum Content: Sendable {
    case safetensors(SafetensorsFile)
    case pyTorch(PyTorchFile)
    case arrays([String: Tensor])
  }

  public let path: String
  /// In the order of the file, or of the alphabet where it has none.
  public let names: [String]
  private let content: Content

  /// - Errors: no such file; none of the formats; those of the format.
  public init(contentsOf path: String) throws(FormatError) {
    self.path = path
    let start = try asFormatError { () throws(FileError) in try MappedFile(path).withBytes { Array($0.prefix(16)) } }
    if start.starts(with: [0x50, 0x4b]) {
      if try Self.isPyTorch(zip: path) {
        let file = try PyTorchFile(contentsOf: path)
        (names, content) = (file.names, .pyTorch(file))
      } else {
        let arrays = try NPZFile.read(path)
        (names, content) = (arrays.keys.sorted(), .arrays(arrays))
      }
    } else if start.count > 8, start[8] == UInt8(ascii: "{") {
      let file = try SafetensorsFile(contentsOf: path)
      (names, content) = (file.names, .safetensors(file))
    } else if start.starts(with: [0x80]) {
      let file = try PyTorchFile(contentsOf: path)
      (names, content) = (file.names, .pyTorch(file))
    } else if start.starts(with: [0x1f, 0x8b]) {
      throw FormatError(.unsupported, path, "it is packed; unpack it first, with gunzip -k")
    } else {
      throw FormatError(
        .unsupported, path, "no weights that are read here: neither .safetensors, PyTorch (.pt, .pth, .th) nor .npz")
    }
  }

  private static func isPyTorch(zip path: String) throws(FormatError) -> Bool {
    try asFormatError { () throws(FileError) in
      let archive = try ArchiveReader(zip: path)
      while let entry = try archive.next() { if entry.name.hasSuffix("/data.pkl") { return true } }
      return false
    }
  }

  /// The shape of a tensor; `nil` if there is none of this name.
  public func shape(of name: String) -> Shape? {
    switch content {
    case .safetensors(let file): file.shape(of: name)
    case .pyTorch(let file): file.shape(of: name)
    case .arrays(let arrays): arrays[name]?.shape
    }
  }

  /// Reads a tensor as the file has it.
  /// - Errors: no tensor of this name; an integer that does not fit into 32 bits.
  public func tensor(_ name: String) throws(FormatError) -> Tensor {
    switch content {
    case .safetensors(let file): return try file.tensor(name)
    case .pyTorch(let file): return try file.tensor(name)
    case .arrays(let arrays):
      guard let array = arrays[name] else {
        throw FormatError(.missing, path, "there is no array '\(name)'; it has \(arrays.count)")
      }
      return array
    }
  }
}
