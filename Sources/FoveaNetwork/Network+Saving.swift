import FoveaCompiler
package import FoveaCore
import FoveaData
import FoveaFiles
import FoveaFormats
public import FoveaLayers
import FoveaONNX
import FoveaZoo
internal import FoundationEssentials
internal import Glibc

/// What a model file says about its model, besides the weights.
package struct Manifest: Codable, Sendable {
  /// From version 2 the input may be of whole numbers, from version 3 the model may be an ONNX graph in the same folder,
  /// from version 4 layers may compute with whole numbers.
  /// What version 1 can say is written as version 1, so that older programs read it.
  static let newestVersion = 4
  package static let fileName = "manifest.json"
  package static let weightsName = "weights.safetensors"
  /// The nodes of a model that came as an ONNX file, without its weights.
  static let graphName = "graph.onnx"

  var formatVersion: Int
  var model: String
  var input: Shape
  /// What the input is made of, if not of `float32`.
  var elementType: ElementType?
  /// The model's own number of outputs, where it is a choice.
  var outputs: Int?
  var classNames: [String]
  var preprocessing: Preprocessing?
  var weights: FileSeal
  /// Of a model that came as an ONNX file.
  var graph: FileSeal?
  /// Of a model whose layers compute with whole numbers.
  var quantization: Quantization?
}

/// The size and hash of a file that a manifest belongs to.
package struct FileSeal: Codable, Hashable, Sendable {
  package let bytes: Int
  package let hash: String

  package init(_ path: String) throws {
    let file = try MappedFile(path)
    bytes = file.count
    // The weights may be in memory already; the file need not be, too.
    let number = file.withBytes { FNV.wideHash($0) { AlignedBuffer(reading: $0, of: file).putAside() } }
    hash = String(printf: "words64:%016llx", number)
  }

  /// As older programs sealed it.
  private static func oldHash(_ path: String) throws -> String {
    try MappedFile(path).withBytes { String(printf: "fnv1a64:%016llx", FNV.hash($0)) }
  }

  /// - Errors: a file that is not the one that was sealed.
  package func check(_ path: String) throws {
    guard FileStatus(path) != nil else {
      throw NetworkError("\(path): this file of the model is missing; restore a copy of the whole folder")
    }
    let now = try FileSeal(path)
    guard now.bytes == bytes else {
      throw NetworkError("\(path): has \(now.bytes) bytes instead of \(bytes): cut off or exchanged; restore a copy")
    }
    let isSame = try hash.hasPrefix("fnv1a64:") ? hash == Self.oldHash(path) : now == self
    guard isSame else {
      throw NetworkError("\(path): the content does not match its checksum: damaged or exchanged; restore a copy")
    }
  }
}

extension Network {
  /// Writes the model file, a folder: `manifest.json` (model, shapes, preprocessing, class names) and
  /// `weights.safetensors`. A crash leaves the old one or the new one.
  ///
  /// - Errors: what the system said, with the path; a folder that is no model file is not replaced.
  public func save(to path: String) throws {
    try AtomicDirectory.write(to: path, replacingFoldersWith: Manifest.fileName) { try write(into: $0) }
  }

  /// Writes the files of the model file into a new folder.
  package func write(into folder: String) throws {
    let weights = folder + "/" + Manifest.weightsName
    try SafetensorsFile.write(parameterViews, to: OpenFile(creating: weights))
    let elementType = inputElementType == .float32 ? nil : inputElementType
    var graph: FileSeal?
    if let model = model as? ONNXModel {
      let file = folder + "/" + Manifest.graphName
      try OpenFile(creating: file).write(model.stripped(location: Manifest.weightsName))
      graph = try FileSeal(file)
    }
    let manifest = Manifest(
      formatVersion: quantization != nil ? 4 : graph != nil ? 3 : elementType == nil ? 1 : 2, model: name,
      input: inputShape,
      elementType: elementType,
      outputs: outputShape.rank == 1 ? outputShape[0] : nil, classNames: classNames, preprocessing: preprocessing,
      weights: try FileSeal(weights), graph: graph, quantization: quantization)
    try OpenFile(creating: folder + "/" + Manifest.fileName).write(SealedJSON.encode(manifest))
  }

  /// The network of a model file whose model is in the catalogue, is a model line, or came as an ONNX file; or of an
  /// ONNX file.
  ///
  /// - Parameters:
  ///   - path: a model file, the output folder of a training, or an ONNX file.
  ///   - backend: what computes.
  /// - Errors: a file that is missing, damaged or newer than this program; a model that is not in the catalogue.
  public convenience init(contentsOf path: String, backend: BackendChoice = .onednn) throws {
    if ONNXModel.isFile(path) {
      try self.init(onnx: path, backend: backend)
      return
    }
    let (folder, manifest) = try Self.manifest(of: path)
    if let seal = manifest.graph {
      let file = folder + "/" + Manifest.graphName
      try seal.check(file)
      let model = try ONNXModel(contentsOf: file, input: manifest.input, isStripped: true)
      try self.init(model, folder: folder, manifest: manifest, backend: backend)
      return
    }
    let entry: CatalogueEntry
    do {
      entry = try Catalogue.entry(for: manifest.model)
    } catch {
      throw NetworkError(
        "\(folder): the model '\(manifest.model)' is not in the catalogue; load it from Swift with Network(_:contentsOf:)"
      )
    }
    try self.init(entry.make(classes: manifest.outputs), folder: folder, manifest: manifest, backend: backend)
  }

  /// The network of a model file whose model is `model`.
  public convenience init(_ model: some Layer, contentsOf path: String, backend: BackendChoice = .onednn) throws {
    let (folder, manifest) = try Self.manifest(of: path)
    try self.init(model, folder: folder, manifest: manifest, backend: backend)
  }

  private convenience init(_ model: any Layer, folder: String, manifest: Manifest, backend: BackendChoice) throws {
    let traced = try trace(model, input: manifest.input, elementType: manifest.elementType ?? .float32)
    let weights = folder + "/" + Manifest.weightsName
    try manifest.weights.check(weights)
    let tensors = try SafetensorsFile(contentsOf: weights).tensors()
    try self.init(
      traced: traced, model: model, parameters: traced.parameters(from: tensors, of: weights),
      classNames: manifest.classNames, preprocessing: manifest.preprocessing, name: manifest.model, backend: backend)
    let ranges = (manifest.quantization?.layers ?? [:]).values.flatMap { [$0.input] + ($0.residual.map { [$0] } ?? []) }
    guard ranges.allSatisfy({ $0.scale.isFinite && $0.scale > 0 }) else {
      throw NetworkError("\(folder): a scale of its quantization is not above 0; quantize the model anew")
    }
    quantization = manifest.quantization
  }

  /// The folder that holds the manifest: `path` itself, or the last checkpoint of a training's output folder.
  package static func folder(of path: String) throws -> String {
    let path = plainPath(path)
    for folder in [path, path + "/checkpoint"] {
      if FileManager.default.fileExists(atPath: folder + "/" + Manifest.fileName) { return folder }
    }
    guard let status = FileStatus(path) else {
      throw NetworkError(
        "\(path): there is no such file or folder; give the folder that training wrote with --output")
    }
    guard !status.isDirectory else {
      throw NetworkError(
        "\(path): no model file: it holds no \(Manifest.fileName), nor does a folder checkpoint in it; give the folder "
          + "that training wrote with --output")
    }
    throw NetworkError(
      "\(path): no model file: a model file is a folder with \(Manifest.fileName), this is a single file; if it holds "
        + "weights, make a model file of them with `fovea convert \(path) OUT --model NAME`")
  }

  static func manifest(of path: String) throws -> (folder: String, Manifest) {
    let folder = try folder(of: path)
    let file = folder + "/" + Manifest.fileName
    let bytes = try readFile(file, limit: 64 << 20)
    return (
      folder, try SealedJSON.decode(Manifest.self, from: bytes, path: file, newestVersion: Manifest.newestVersion)
    )
  }
}

extension TracedModel {
  /// The model's parameters out of a file's tensors.
  ///
  /// - Errors: a number that is not finite; every missing, surplus and mis-shaped tensor at once.
  package func parameters(
    from tensors: [String: Tensor], of file: String, hint: () -> String? = { nil }
  ) throws -> [String: Tensor] {
    var mistakes: [String] = []
    var parameters: [String: Tensor] = [:]
    for (_, parameter) in graph.parameters {
      guard let tensor = tensors[parameter.path] else {
        mistakes.append("\(parameter.path) is missing")
        continue
      }
      if tensor.shape != parameter.shape {
        mistakes.append("\(parameter.path) is \(tensor.shape), the model's is \(parameter.shape)")
      } else if tensor.elementType != .float32 {
        mistakes.append("\(parameter.path) is \(tensor.elementType), not float32")
      } else if let mistake = tensor.notFiniteInParts {
        throw NetworkError(
          "\(file): \(parameter.path) holds \(mistake.value) at index \(mistake.index): damaged, or its training diverged; "
            + "use other weights")
      }
      parameters[parameter.path] = tensor
    }
    let known = Set(graph.parameters.map(\.parameter.path))
    mistakes += tensors.keys.filter { !known.contains($0) }.sorted().map { "\($0) is not a parameter of the model" }
    guard mistakes.isEmpty else { throw NetworkError(weightsOf: file, mistakes: mistakes, hint: hint()) }
    return parameters
  }
}

extension Tensor {
  /// The first element of a `float32` tensor that is not finite; `nil` if all are.
  package var notFinite: (index: Int, value: Float)? { notFinite(in: 0..<shape.count) }

  /// Likewise; what has been looked at of a mapped file leaves the memory.
  fileprivate var notFiniteInParts: (index: Int, value: Float)? {
    for start in stride(from: 0, to: shape.count, by: Self.numbersAtOnce) {
      let part = start..<min(start + Self.numbersAtOnce, shape.count)
      if let mistake = notFinite(in: part) { return mistake }
      let size = elementType.byteCount
      sharedMemory.putAside(part.lowerBound * size..<part.upperBound * size)
    }
    return nil
  }

  private func notFinite(in range: Range<Int>) -> (index: Int, value: Float)? {
    withUnsafeBytes { bytes in
      let numbers = bytes.bindMemory(to: Float.self)
      return numbers[range].firstIndex { !$0.isFinite }.map { ($0, numbers[$0]) }
    }
  }

  private static let numbersAtOnce = 2 << 20
}
