import FoveaCore
import FoveaFormats
import FoveaLayers
import FoveaZoo

/// How PyTorch's modules name and arrange what our layers have, by the kind of the layer alone: a model whose layers are
/// called as its modules are takes its state dicts as they are.
///
/// Weights `spatial…×I×O` are `O×I×spatial…` there, of transposed convolutions `I×O×spatial…` for ours `…×O×I`: the last
/// two axes come first and in turn. What follows a flatten has its inputs channel by channel, where ours has them
/// position by position.
struct StateDict {
  private let file: WeightFile
  private let model: TracedModel
  /// The file's name of each tensor, by the name that it would have in PyTorch's modules.
  private let sources: [String: String]
  /// The file's names outside the module that holds the model: a training's, such as those of a loss or `n_averaged`.
  let outside: [String]

  /// - Parameters:
  ///   - entry: of the catalogue, which says what the names are elsewhere: those that fit best are taken, with or without
  ///     first parts that nearly all names share, such as `model.` of a module around the model; and which tensors are
  ///     no mistake though the model does without them.
  init(_ file: WeightFile, for model: TracedModel, of entry: CatalogueEntry? = nil) {
    (self.file, self.model) = (file, model)
    let wanted = Set(model.graph.parameters.map { Self.name(of: $0.parameter.path) })
    let leftOut = entry?.leftOut ?? []
    let translations: [@Sendable (String) -> String] = [{ $0 }] + (entry?.otherNames ?? [])
    let candidates = Self.sharedBeginnings(of: file.names).flatMap { beginning in
      let inside = file.names.filter { $0.hasPrefix(beginning) }
      return translations.map { translate in
        let names = Dictionary(
          inside.map { (translate(String($0.dropFirst(beginning.count))), $0) }.filter { name, _ in
            wanted.contains(name) || !leftOut.contains { name.hasPrefix($0) }
          },
          uniquingKeysWith: { first, _ in first })
        return (beginning, names)
      }
    }
    func fit(_ names: [String: String]) -> Int { names.keys.count(where: wanted.contains) }
    let best = candidates.dropFirst().reduce(candidates[0]) { fit($1.1) > fit($0.1) ? $1 : $0 }
    // Some layers may lie beside the module that holds the others: a new head.
    let beside = file.names.filter { !$0.hasPrefix(best.0) }
    let ours = beside.filter { wanted.contains($0) && best.1[$0] == nil }
    sources = best.1.merging(ours.map { ($0, $0) }) { first, _ in first }
    outside = beside.filter { !ours.contains($0) }
  }

  /// Nothing, and the first parts that nine of ten names have at least, up to three of them: `net.`, `net.module.`.
  private static func sharedBeginnings(of names: [String]) -> [String] {
    var found = [""]
    for _ in 0..<3 {
      let last = found.last!
      let longer = names.filter { $0.hasPrefix(last) }.compactMap { name in
        name.dropFirst(last.count).firstIndex(of: ".").map { String(name[...$0]) }
      }
      let counts = Dictionary(grouping: longer, by: { $0 }).mapValues(\.count)
      guard let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), most.value * 10 >= names.count * 9
      else { break }
      found.append(most.key)
    }
    return found
  }

  /// What the leaf of a parameter's path is called there.
  private static let leaves = [
    "weights": "weight", "bias": "bias", "scale": "weight", "moving_mean": "running_mean",
    "moving_variance": "running_var", "slope": "weight", "table": "weight",
  ]

  /// PyTorch's name of a parameter.
  static func name(of path: String) -> String {
    guard let dot = path.lastIndex(of: ".") else { return leaves[path] ?? path }
    let leaf = String(path[path.index(after: dot)...])
    return path[...dot] + (leaves[leaf] ?? leaf)
  }

  /// The model's parameters.
  ///
  /// - Parameters:
  ///   - drawn: parameters that are not looked for, such as those of a new head.
  ///   - hint: what to do about weights that do not fit.
  /// - Errors: every missing, surplus and mis-shaped tensor at once; a number that is not finite.
  func parameters(
    except drawn: [String: Tensor] = [:], hint: () -> String? = { nil }
  ) throws -> [String: Tensor] {
    let (folded, flattened) = (foldedNorms(), model.flattenedInputs)
    let differences = differences(except: drawn, folded: folded, flattened: flattened)
    guard differences.isEmpty else {
      throw NetworkError(weightsOf: file.path, mistakes: differences.map(\.text), hint: hint())
    }
    var parameters = drawn
    for (_, parameter) in model.graph.parameters where drawn[parameter.path] == nil {
      if let norm = folded[parameter.path] {
        parameters[parameter.path] = try value(of: norm, shape: parameter.shape)
        continue
      }
      let name = Self.name(of: parameter.path)
      let tensor = try arranged(name, as: parameter, flattened: flattened[parameter.path])
      if let mistake = tensor.notFinite {
        throw NetworkError(
          "\(file.path): \(name) holds \(mistake.value) at index \(mistake.index): damaged, or its training diverged; "
            + "use other weights")
      }
      parameters[parameter.path] = tensor
    }
    return parameters
  }

  /// What keeps a file's tensors from being the model's.
  private enum Difference {
    case missing(String)
    /// - Parameter model: the shape that the model's would have there.
    case misshaped(String, Shape, model: Shape)
    case surplus(String)

    var text: String {
      switch self {
      case .missing(let name): "\(name) is missing"
      case .misshaped(let name, let shape, let model): "\(name) is \(shape), the model's is \(model)"
      case .surplus(let name): "\(name) belongs to no layer of the model"
      }
    }
  }

  /// Every missing, mis-shaped and surplus tensor; nothing is read for it.
  private func differences(
    except drawn: [String: Tensor], folded: [String: FoldedNorm], flattened: [String: Shape]
  ) -> [Difference] {
    var differences: [Difference] = []
    var unused = Set(sources.keys.filter { !$0.hasSuffix("num_batches_tracked") })
    for (_, parameter) in model.graph.parameters {
      let name = Self.name(of: parameter.path)
      unused.remove(name)
      if drawn[parameter.path] != nil { continue }
      if let norm = folded[parameter.path] {
        if let bias = norm.bias { unused.remove(bias) }
        continue
      }
      guard let shape = shape(of: name) else {
        differences.append(.missing(name))
        continue
      }
      if !Self.fits(shape, parameter, flattened: flattened[parameter.path]) {
        differences.append(.misshaped(name, shape, model: Self.turned(parameter.shape)))
      }
    }
    return differences + unused.sorted().map { .surplus($0) }
  }

  /// The number of outputs with which the model would be the file's: its own if all fits, another if only tensors for
  /// each output have others; `nil` if it is another architecture.
  ///
  /// - Parameter outputs: the model's own.
  func fittingOutputs(_ outputs: Int) -> Int? {
    var counts = Set<Int>()
    for difference in differences(except: [:], folded: foldedNorms(), flattened: model.flattenedInputs) {
      guard case .misshaped(_, let shape, let wanted) = difference, wanted.rank > 0, shape.rank == wanted.rank,
        wanted[0] == outputs, shape.dimensions.dropFirst() == wanted.dimensions.dropFirst()
      else { return nil }
      counts.insert(shape[0])
    }
    return counts.count > 1 ? nil : counts.first ?? outputs
  }

  /// The shape that PyTorch gives to weights of `shape`.
  private static func turned(_ shape: Shape) -> Shape {
    shape.rank < 2 ? shape : Shape([shape[shape.rank - 1], shape[shape.rank - 2]] + shape.dimensions.dropLast(2))
  }

  /// Whether a tensor of a file can be the parameter.
  private static func fits(_ shape: Shape, _ parameter: Op.Parameter, flattened: Shape?) -> Bool {
    let wanted = parameter.shape
    if wanted.rank < 2 || parameter.path.hasSuffix("table") {
      // A factor for each channel may have axes of length 1 around it.
      return shape.dimensions.filter { $0 != 1 } == wanted.dimensions.filter { $0 != 1 }
    }
    // A 1×1 convolution is a dense layer and the other way round, as is one with the size of the image.
    let turned = turned(wanted)
    if shape == turned || (shape.count == turned.count && shape.pointwise == turned.pointwise) { return true }
    guard let flattened, flattened.rank > 1 else { return false }
    return shape == Shape([turned[0], flattened.channels] + flattened.dimensions.dropLast())
  }

  /// The tensor, which fits, as the parameter has it.
  private func arranged(_ name: String, as parameter: Op.Parameter, flattened: Shape?) throws -> Tensor {
    let wanted = parameter.shape
    if wanted.rank < 2 || parameter.path.hasSuffix("table") { return try floats(name).reshaped(to: wanted) }
    let turned = Self.turned(wanted)
    var tensor = try floats(name).reshaped(to: turned)
    if let flattened, flattened.rank > 1 {
      // The inputs as channels×positions, put in the order positions×channels.
      let positions = flattened.count / flattened.channels
      tensor = tensor.reshaped(to: [turned[0], flattened.channels, positions]).permuted([0, 2, 1])
        .reshaped(to: turned)
    }
    return tensor.permuted(Array(2..<turned.rank) + [1, 0])
  }

  /// By PyTorch's name.
  func shape(of name: String) -> Shape? { sources[name].flatMap { file.shape(of: $0) } }

  private func floats(_ name: String) throws -> Tensor {
    let tensor = try file.tensor(sources[name] ?? name)
    return tensor.elementType == .float32 ? tensor : Tensor(tensor.floats, shape: tensor.shape)
  }
}

extension Shape {
  /// The first two axes, if all others have length 1.
  fileprivate var pointwise: [Int]? {
    rank >= 2 && dimensions.dropFirst(2).allSatisfy { $0 == 1 } ? Array(dimensions.prefix(2)) : nil
  }
}

// Files whose normalisations were folded into the convolutions before them.
extension StateDict {
  /// What a parameter of a folded normalisation is: a number, or the bias of the convolution.
  private struct FoldedNorm {
    var number: Float?
    var bias: String?

  }

  private func value(of norm: FoldedNorm, shape: Shape) throws -> Tensor {
    if let number = norm.number { return Tensor([Float](repeating: number, count: shape.count), shape: shape) }
    return try floats(norm.bias!)
  }

  /// The parameters of normalisations that the file does not have, where it has a bias for the convolution before: the
  /// normalisation then only adds this bias.
  private func foldedNorms() -> [String: FoldedNorm] {
    var folded: [String: FoldedNorm] = [:]
    let shapes = Dictionary(
      uniqueKeysWithValues: model.graph.parameters.map { ($0.parameter.path, $0.parameter.shape) })
    for (layer, next) in zip(model.layers.filter(\.isLeaf), model.layers.filter(\.isLeaf).dropFirst()) {
      let (bias, path) = ("\(layer.path).bias", next.path)
      guard next.kind == "BatchNorm", self.shape(of: "\(path).weight") == nil,
        self.shape(of: "\(path).running_mean") == nil, let shape = shapes["\(path).bias"],
        self.shape(of: bias) == shape
      else { continue }
      folded["\(path).scale"] = FoldedNorm(number: 1)
      folded["\(path).moving_mean"] = FoldedNorm(number: 0)
      folded["\(path).moving_variance"] = FoldedNorm(number: 1 - (model.epsilon(ofNorm: next) ?? 0))
      // A convolution that has a bias of its own takes it itself.
      folded["\(path).bias"] = shapes[bias] == nil ? FoldedNorm(bias: bias) : FoldedNorm(number: 0)
    }
    return folded
  }
}
