public import FoveaCore
import FoveaFiles

/// The weights of a Keras model, by layers: of `.h5` files with weights or a whole model, and of `.keras` files.
///
/// Weights are arranged as in Keras: kernels H×W×I×O, H×W×C×M of depthwise convolutions, I×O of dense layers.
/// - Source: Keras, `keras/src/legacy/saving/legacy_h5_format.py` and `keras/src/saving/saving_lib.py`.
public struct KerasFile: Sendable {
  public struct Layer: Sendable {
    /// What the model's author or Keras called it.
    public let name: String
    /// Whether the file says the name. Else it is its place among the layers of its class, `conv2d_3`, which looks like a
    /// name of Keras's, whose numbers have another order.
    public let isNamed: Bool
    /// Its class, where the file says it: `Conv2D`; in lower case with underscores, `conv2d`, where only the order of a
    /// class's layers is known.
    public let kind: String?
    /// ε of a normalisation, where the file says it.
    public let epsilon: Float?
    /// What its weights are, such as `kernel`, and where they lie in the file.
    public internal(set) var weights: [(leaf: String, source: String)]
  }

  public let path: String
  /// Those with weights; in the order of the model if `isOrdered`, else each class's.
  public let layers: [Layer]
  /// Whether the order of layers of different classes is known.
  public let isOrdered: Bool
  private let file: HDF5File

  /// What is left out: the state of training.
  private static let training = ["optimizer", "optimizer_weights"]
  /// What `.keras` files call their weights.
  static let weightsEntry = "model.weights.h5"

  /// - Errors: no such file; no file of Keras; a damaged one; images channels first.
  public init(contentsOf path: String) throws(FormatError) {
    let file = try asFormatError { () throws(FileError) in try MappedFile(path) }
    if file.withBytes({ $0.starts(with: [0x50, 0x4b]) }) {
      let (weights, configuration) = try Self.entries(of: path, fileSize: file.count)
      try self.init(
        weights.withUnsafeBytesThrowing { bytes throws(FormatError) in
          try HDF5File(bytes, path: path, leftOut: Self.training)
        }, KerasConfiguration(parsing: configuration, path: path), path: path)
    } else {
      let content = try file.withBytes { bytes throws(FormatError) in
        try HDF5File(bytes, path: path, leftOut: Self.training)
      }
      let text = content.texts[""]?["model_config"]?.first
      try self.init(
        content, text.map { text throws(FormatError) in try KerasConfiguration(parsing: Array(text.utf8), path: path) },
        path: path)
    }
  }

  private static func entries(
    of path: String, fileSize: Int
  ) throws(FormatError) -> (weights: [UInt8], configuration: [UInt8]) {
    var (weights, configuration) = ([UInt8]?.none, [UInt8]?.none)
    try asFormatError { () throws(FileError) in
      let archive = try ArchiveReader(zip: path)
      // Keras packs nothing; those who do gain little.
      var room = 64 * fileSize
      while let entry = try archive.next() {
        guard entry.name == weightsEntry || entry.name == "config.json" else { continue }
        let bytes = try archive.readAll(limit: room)
        room -= bytes.count
        if entry.name == weightsEntry { weights = bytes } else { configuration = bytes }
      }
    }
    guard let weights, let configuration else {
      throw FormatError(
        .unsupported, path, "a zip file without \(weightsEntry) and config.json is no .keras file")
    }
    return (weights, configuration)
  }

  private init(_ file: HDF5File, _ configuration: KerasConfiguration?, path: String) throws(FormatError) {
    (self.path, self.file) = (path, file)
    if let layer = configuration?.layers.first(where: { $0.isChannelsFirst }) {
      throw FormatError(
        .unsupported, path, "its layer '\(layer.name)' takes images channels first; save the model with channels last")
    }
    if file.texts["model_weights"]?["layer_names"] != nil {
      layers = try Self.layers(of: file, in: "model_weights", configuration, path: path)
      isOrdered = true
    } else if file.texts[""]?["layer_names"] != nil {
      layers = try Self.layers(of: file, in: "", configuration, path: path)
      isOrdered = true
    } else {
      layers = Self.numberedLayers(of: file, configuration)
      isOrdered = configuration != nil
    }
    guard !layers.isEmpty else {
      throw FormatError(.unsupported, path, "an HDF5 file without layers that have weights: it is none of Keras's")
    }
  }

  /// The shape of a weight by its place in the file; `nil` if there is none.
  public func shape(of source: String) -> Shape? { file.arrays[source]?.shape }

  /// - Errors: none of this place; an integer that does not fit into 32 bits.
  public func tensor(_ source: String) throws(FormatError) -> Tensor { try file.tensor(source, path: path) }
}

// Files of Keras 1 and 2, and of Keras 3 where the name ends in .h5: names of layers and weights in attributes.
extension KerasFile {
  private static func layers(
    of file: HDF5File, in root: String, _ configuration: KerasConfiguration?, path: String
  ) throws(FormatError) -> [Layer] {
    let known = Dictionary((configuration?.layers ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var layers: [Layer] = []
    for group in names("layer_names", of: root, file) {
      let place = root.isEmpty ? group : root + "/" + group
      var weights: [(layer: String, leaf: String, source: String)] = []
      for name in names("weight_names", of: place, file) {
        let source = place + "/" + name
        guard file.arrays[source] != nil else {
          throw FormatError(.damaged, path, "the weights '\(name)' of the layer '\(group)' are missing")
        }
        let parts = name.split(separator: "/").map(String.init)
        let (leaf, layer) = leaf(parts.last ?? name)
        weights.append((layer ?? parts.dropLast().last ?? group, leaf, source))
      }
      // A model within the model lists the weights of all its layers, each under its layer's name.
      let isOne = Set(weights.map(\.leaf)).count == weights.count && Set(weights.map(\.layer)).count <= 1
      for weight in weights {
        let name = isOne ? group : weight.layer
        if let last = layers.last, last.name == name {
          layers[layers.count - 1].weights.append((weight.leaf, weight.source))
        } else {
          layers.append(
            Layer(
              name: name, isNamed: true, kind: known[name]?.kind, epsilon: known[name]?.epsilon,
              weights: [(weight.leaf, weight.source)]))
        }
      }
    }
    return layers
  }

  /// A list of names; one that is too long for an attribute is in several, `weight_names0`, `weight_names1`, ….
  private static func names(_ attribute: String, of object: String, _ file: HDF5File) -> [String] {
    let texts = file.texts[object] ?? [:]
    if let names = texts[attribute] { return names }
    var (names, part) = ([String](), 0)
    while let more = texts["\(attribute)\(part)"] { (names, part) = (names + more, part + 1) }
    return names
  }

  /// What a weight is, and the name of its layer if that is in its own: `kernel:0`; `block1_conv1_W_1:0` of Keras 1.
  private static func leaf(_ name: String) -> (leaf: String, layer: String?) {
    var name = Substring(name)
    if let colon = name.lastIndex(of: ":") { name = name[..<colon] }
    let plain = String(name)
    if let underscore = name.lastIndex(of: "_"), Int(name[name.index(after: underscore)...]) != nil {
      name = name[..<underscore]
    }
    let old = [
      "_W": "kernel", "_b": "bias", "_gamma": "gamma", "_beta": "beta", "_running_mean": "moving_mean",
      "_running_std": "moving_variance", "_depthwise_kernel": "depthwise_kernel",
      "_pointwise_kernel": "pointwise_kernel",
    ]
    for (suffix, leaf) in old where name.hasSuffix(suffix) && name.count > suffix.count {
      return (leaf, String(name.dropLast(suffix.count)))
    }
    return (plain, nil)
  }
}
