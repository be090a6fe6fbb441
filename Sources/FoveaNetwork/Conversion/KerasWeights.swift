import FoveaCore
import FoveaFormats
import FoveaLayers
import FoveaZoo

/// The weights of a Keras file as the parameters of a model. Both have channels last, so that nothing is turned.
///
/// Where the files differ from our layers, the difference is computed away, exactly for inference: another ε goes into
/// the variances, the bias of a convolution that has none here into the mean of the normalisation behind it.
struct KerasWeights {
  /// A layer of the file, or one of the two convolutions of a separable one.
  private struct Source {
    let name: String
    let isNamed: Bool
    let kind: String?
    let epsilon: Float?
    let weights: [String: String]
  }

  private let file: KerasFile
  private let model: TracedModel
  private let layers: [ParameterLayer]
  private let entry: CatalogueEntry?
  private let names: KerasNames?
  private let sources: [Source]
  /// Our paths by the names of Keras's applications.
  private let paths: [String: String]

  /// - Parameter entry: of the catalogue, if the model is one of it.
  init(_ file: KerasFile, for model: TracedModel, of entry: CatalogueEntry?) {
    (self.file, self.model, self.entry) = (file, model, entry)
    layers = model.parameterLayers
    let names = entry?.keras
    self.names = names
    sources = file.layers.filter { names?.isInputNormalization($0.name) != true }.flatMap { layer in
      let weights = Dictionary(layer.weights.map { ($0.leaf, $0.source) }, uniquingKeysWith: { first, _ in first })
      func source(_ name: String, epsilon: Float?, _ weights: [String: String]) -> Source {
        Source(name: name, isNamed: layer.isNamed, kind: layer.kind, epsilon: epsilon, weights: weights)
      }
      guard weights["pointwise_kernel"] != nil else { return [source(layer.name, epsilon: layer.epsilon, weights)] }
      let first = weights.filter { $0.key == "depthwise_kernel" }
      let second = weights.filter { $0.key != "depthwise_kernel" }
      return [
        source(layer.name + "/depthwise", epsilon: nil, first), source(layer.name + "/pointwise", epsilon: nil, second),
      ]
    }
    paths = names?.paths(of: file.layerNames) ?? [:]
  }

  /// The model's parameters.
  ///
  /// - Parameter drawn: parameters that are not looked for, such as those of a new head.
  /// - Errors: layers that cannot be told from each other; every missing, surplus and mis-shaped weight at once; a number
  ///   that is not finite.
  func parameters(except drawn: [String: Tensor] = [:]) throws -> [String: Tensor] {
    if let entry, !paths.isEmpty, !entry.unlikeKeras.isEmpty {
      throw NetworkError(
        "\(file.path): Keras's model has \(entry.unlikeKeras.joined(separator: ", ")); leave that out of the model's name, "
          + "and it is chosen")
    }
    let matches = try matches(except: drawn)
    var (parameters, mistakes) = (drawn, [String]())
    let used = Set(matches.values.map(\.name))
    for layer in layers {
      guard let source = matches[layer.path] else {
        if layer.parameters.contains(where: { drawn[$0.path] == nil }) { mistakes.append("\(layer.path) is missing") }
        continue
      }
      var unused = Set(source.weights.keys)
      for parameter in layer.parameters {
        let leaf = Self.leaf(of: parameter, in: source.weights)
        if let leaf { unused.remove(leaf) }
        if drawn[parameter.path] != nil { continue }
        parameters[parameter.path] = try value(of: parameter, leaf, source, in: layer, &mistakes)
      }
      if unused.contains("bias"), let mean = layer.meanBehind, let bias = source.weights["bias"],
        let norm = matches[mean.layer]?.weights["moving_mean"], file.shape(of: bias) == mean.shape,
        file.shape(of: norm) == mean.shape
      {
        unused.remove("bias")
      }
      mistakes += unused.sorted().map { "\(source.name)/\($0) has no place in \(layer.path)" }
    }
    mistakes += sources.filter { !used.contains($0.name) }.map { "\($0.name) is no layer of the model" }
    guard mistakes.isEmpty else { throw NetworkError(weightsOf: file.path, mistakes: mistakes) }
    subtractBiases(matches, from: &parameters)
    return parameters
  }

  /// What the weights of Keras's layers are called that a parameter of ours can be.
  private static func leaf(of parameter: Op.Parameter, in weights: [String: String]) -> String? {
    // ConvNeXt's has no name in some files.
    if parameter.leaf == "layer_scale" { return weights.count == 1 ? weights.keys.first : nil }
    let names = [
      "weights": ["kernel", "depthwise_kernel", "pointwise_kernel"], "bias": ["bias", "beta"], "scale": ["gamma"],
      "moving_mean": ["moving_mean"], "moving_variance": ["moving_variance"], "table": ["embeddings"],
      "slope": ["alpha"],
    ]
    return names[parameter.leaf]?.first { weights[$0] != nil }
  }

  /// The value of a parameter; `nil` after a mistake.
  private func value(
    of parameter: Op.Parameter, _ leaf: String?, _ source: Source, in layer: ParameterLayer,
    _ mistakes: inout [String]
  ) throws -> Tensor? {
    guard let leaf, let place = source.weights[leaf], let shape = file.shape(of: place) else {
      // What a layer of Keras does without.
      if parameter.leaf == "bias" { return Tensor(shape: parameter.shape) }
      if parameter.leaf == "scale" {
        return Tensor([Float](repeating: 1, count: parameter.shape.count), shape: parameter.shape)
      }
      mistakes.append("\(source.name) has no weights for \(parameter.path)")
      return nil
    }
    guard parameter.shape.isFilled(by: shape) else {
      mistakes.append("\(source.name)/\(leaf) is \(shape), the model's is \(parameter.shape)")
      return nil
    }
    let stored = try file.tensor(place)
    var tensor = stored.elementType == .float32 ? stored : Tensor(stored.floats, shape: stored.shape)
    tensor = tensor.reshaped(to: parameter.shape)
    if let mistake = tensor.notFinite {
      throw NetworkError(
        "\(file.path): \(source.name)/\(leaf) holds \(mistake.value) at index \(mistake.index): damaged, or its training "
          + "diverged; use other weights")
    }
    guard leaf == "moving_variance", let ours = layer.epsilon else { return tensor }
    let difference = (source.epsilon ?? names?.epsilon ?? 1e-3) - ours
    return difference == 0 ? tensor : Tensor(tensor.floats.map { $0 + difference }, shape: tensor.shape)
  }

  /// What a normalisation takes away after its convolution has added it.
  private func subtractBiases(_ matches: [String: Source], from parameters: inout [String: Tensor]) {
    for layer in layers {
      guard !layer.parameters.contains(where: { $0.leaf == "bias" }), let mean = layer.meanBehind,
        let bias = matches[layer.path]?.weights["bias"].flatMap({ try? file.tensor($0).floats }),
        let old = parameters[mean.path]?.floats, old.count == bias.count
      else { continue }
      parameters[mean.path] = Tensor(zip(old, bias).map { $0 - $1 }, shape: mean.shape)
    }
  }
}

// Which layer is which.
extension KerasWeights {
  /// The file's layer for each of ours: by the names of Keras's applications; by our own; by order, in a chain.
  private func matches(except drawn: [String: Tensor]) throws -> [String: Source] {
    let ours = Set(layers.map(\.path))
    let found = sources.compactMap { source in paths[source.name].map { ($0, source) } }.filter { ours.contains($0.0) }
    if !found.isEmpty { return Dictionary(found, uniquingKeysWith: { first, _ in first }) }
    let plain = sources.map { ($0.name.replacing("/", with: "."), $0) }
    if Set(plain.map(\.0)) == ours { return Dictionary(plain, uniquingKeysWith: { first, _ in first }) }
    guard model.isChain else {
      let reason =
        sources.contains(where: \.isNamed)
        ? "its layers are not called as Keras's applications call those of this model"
          + (names == nil ? ", which is none that is known here" : "")
        : "it does not say what its layers are called"
      let advice = sources.contains(where: \.isNamed) ? "" : "; save the model as .keras or .h5, which says the names"
      throw NetworkError(
        "\(file.path): \(reason), and where branches part, order alone does not tell which is which\(advice)")
    }
    return byOrder()
  }

  private func byOrder() -> [String: Source] {
    if file.isOrdered {
      return Dictionary(zip(layers, sources).map { ($0.path, $1) }, uniquingKeysWith: { first, _ in first })
    }
    // Only the order within each class is known.
    var (result, rest) = ([String: Source](), Dictionary(grouping: sources) { $0.kind ?? "" })
    for layer in layers {
      guard let source = rest[layer.kerasKind]?.first else { continue }
      rest[layer.kerasKind]?.removeFirst()
      result[layer.path] = source
    }
    return result
  }
}

extension KerasFile {
  /// The names of layers that the file says; a separable convolution has those of its two convolutions.
  var layerNames: [String] {
    layers.filter(\.isNamed).flatMap { layer in
      layer.weights.contains { $0.leaf == "pointwise_kernel" }
        ? [layer.name + "/depthwise", layer.name + "/pointwise"] : [layer.name]
    }
  }
}

extension Shape {
  /// Whether weights of Keras have our arrangement: H×W×C×M of a depthwise convolution is H×W×1×CM here, and a 1×1
  /// convolution a dense layer.
  fileprivate func isFilled(by other: Shape) -> Bool {
    if self == other { return true }
    guard count == other.count else { return false }
    if rank < 2 || other.rank < 2 { return dimensions.filter { $0 != 1 } == other.dimensions.filter { $0 != 1 } }
    if rank == other.rank, rank > 2, self[rank - 2] == 1 {
      return dimensions.dropLast(2) == other.dimensions.dropLast(2)
    }
    let isPointwise = (dimensions.dropLast(2) + other.dimensions.dropLast(2)).allSatisfy { $0 == 1 }
    return isPointwise && dimensions.suffix(2) == other.dimensions.suffix(2)
  }
}
