public import FoveaCore
import FoveaFiles

/// Named tensors of a file in any of the formats that are read here; the first bytes say which it is.
public struct WeightFile: Sendable {
  private enum Content: Sendable {
    case safetensors(SafetensorsFile)
    case pyTorch(PyTorchFile)
    case arrays([String: Tensor])
    case keras(KerasFile)
    case caffe(CaffeFile)
  }

  public let path: String
  /// In the order of the file, or of the alphabet where it has none.
  public let names: [String]
  private let content: Content

  /// - Errors: no such file; none of the formats; those of the format.
  public init(contentsOf path: String) throws(FormatError) {
    self.path = path
    let start = try asFormatError { () throws(FileError) in try MappedFile(path).withBytes { Array($0.prefix(16)) } }
    guard !start.isEmpty else { throw FormatError(.damaged, path, "it is empty; copy or download it again") }
    if start.starts(with: [0x50, 0x4b]) {
      let entries = try Self.entries(ofZip: path)
      if entries.contains(where: { $0.hasSuffix("/data.pkl") }) {
        let file = try PyTorchFile(contentsOf: path)
        (names, content) = (file.names, .pyTorch(file))
      } else if entries.contains(KerasFile.weightsEntry) {
        let file = try KerasFile(contentsOf: path)
        (names, content) = (file.layers.flatMap { $0.weights.map(\.source) }, .keras(file))
      } else if entries.contains(where: { $0.hasSuffix("/archive_format") }) {
        throw FormatError(
          .unsupported, path,
          "it is a program, of torch.export.save; save the tensors alone, with "
            + "torch.save(torch.export.load(…).state_dict, …)")
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
    } else if HDF5File.isOne(start) {
      let file = try KerasFile(contentsOf: path)
      (names, content) = (file.layers.flatMap { $0.weights.map(\.source) }, .keras(file))
    } else if path.lowercased().hasSuffix(".caffemodel") {  // protobuf, which begins as it likes
      let file = try CaffeFile(contentsOf: path)
      (names, content) = (file.names, .caffe(file))
    } else if start.starts(with: [0x1f, 0x8b]) {
      throw FormatError(.unsupported, path, "it is packed; unpack it first, with gunzip -k")
    } else {
      throw FormatError(
        .unsupported, path,
        "no weights that are read here: none of .safetensors, PyTorch (.pt, .pth, .th), .npz, Keras (.h5, .keras), "
          + ".caffemodel")
    }
  }

  private static func entries(ofZip path: String) throws(FormatError) -> [String] {
    try asFormatError { () throws(FileError) in
      let archive = try ArchiveReader(zip: path)
      var names: [String] = []
      while let entry = try archive.next() { names.append(entry.name) }
      return names
    }
  }

  /// The file as Keras's, whose weights are arranged as here.
  public var keras: KerasFile? { if case .keras(let file) = content { file } else { nil } }

  /// Other sets of weights in the file that are not read.
  public var otherStates: [String] { if case .pyTorch(let file) = content { file.otherStates } else { [] } }

  /// Whether it is Caffe's.
  public var isCaffe: Bool { if case .caffe = content { true } else { false } }

  /// The shape of a tensor; `nil` if there is none of this name.
  public func shape(of name: String) -> Shape? {
    switch content {
    case .safetensors(let file): file.shape(of: name)
    case .pyTorch(let file): file.shape(of: name)
    case .arrays(let arrays): arrays[name]?.shape
    case .keras(let file): file.shape(of: name)
    case .caffe(let file): file.shape(of: name)
    }
  }

  /// Reads a tensor as the file has it.
  /// - Errors: no tensor of this name; an integer that does not fit into 32 bits.
  public func tensor(_ name: String) throws(FormatError) -> Tensor {
    switch content {
    case .safetensors(let file): return try file.tensor(name)
    case .pyTorch(let file): return try file.tensor(name)
    case .keras(let file): return try file.tensor(name)
    case .caffe(let file): return try file.tensor(name)
    case .arrays(let arrays):
      guard let array = arrays[name] else {
        throw FormatError(.missing, path, "there is no array '\(name)'; it has \(arrays.count)")
      }
      return array
    }
  }
}
