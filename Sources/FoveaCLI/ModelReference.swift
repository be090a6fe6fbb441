import FoveaCompiler
import FoveaFiles
import FoveaLayers
import FoveaNetwork
import FoveaONNX
import FoveaZoo

/// What MODEL on the command line names.
enum ModelReference {
  /// A name of the catalogue, or a model line.
  case entry(CatalogueEntry)
  /// A model file, the output folder of a training, or an ONNX file.
  case saved(Network)

  /// - Errors: an unknown name, with the nearest; a mistake in a line; a file that is missing or damaged.
  ///
  /// - Parameter input: the shape of one example, for an ONNX file that leaves it open.
  init(_ text: String, input: Shape? = nil, backend: BackendChoice) throws {
    if ONNXModel.isFile(text) {
      self = .saved(try Network(onnx: text, input: input, backend: backend))
      return
    }
    let isName = Catalogue.entries.contains { ($0.aliases + [$0.name]).contains(text) }
    let isPath = !isName && (FileStatus(text) != nil || (text.contains("/") && !Self.beginsAsLine(text)))
    self = isPath ? .saved(try Network(contentsOf: text, backend: backend)) : .entry(try Catalogue.entry(for: text))
  }

  /// Whether a text with a slash can be a model line, such as `conv 8 3x3 /2 - fc 10`, not the path of a file that is
  /// missing: lines begin with a bracket or a word of theirs.
  private static func beginsAsLine(_ text: String) -> Bool {
    let word = text.prefix { !$0.isWhitespace }.lowercased()
    let words = ["input"] + PatternWord.all.flatMap { [$0.name] + $0.aliases }
    return text.hasPrefix("[") || (words.contains(word) && word != text.lowercased())
  }

  /// As in model files.
  var name: String {
    switch self {
    case .entry(let entry): entry.name
    case .saved(let network): network.name
    }
  }

  /// The shape of one example, if the model says it.
  var input: Shape? {
    switch self {
    case .entry(let entry): entry.input
    case .saved(let network): network.inputShape
    }
  }

  /// What the input is made of.
  var elementType: ElementType {
    switch self {
    case .entry(let entry): entry.elementType
    case .saved(let network): network.inputElementType
    }
  }

  /// The entry of the catalogue, if it is one.
  var entry: CatalogueEntry? { if case .entry(let entry) = self { entry } else { nil } }

  var isLine: Bool { if case .entry(let entry) = self { entry.isLine } else { false } }

  /// Whether the input can only be what the model says: it has weights for it, or its line names it.
  var hasFixedInput: Bool { if case .entry(let entry) = self { entry.isLine && entry.input != nil } else { true } }

  /// The model; with so many outputs where that is a choice.
  func model(classes: Int? = nil) -> any Layer {
    switch self {
    case .entry(let entry): entry.make(classes: classes)
    case .saved(let network): network.model
    }
  }

  /// The plan of predicting so many examples at once, with whole numbers where the model was saved with them.
  func plan(input: Shape, batchSize: Int, precision: Precision, backend: BackendChoice) throws -> Plan {
    let graph = { size in try trace(model(), input: input, elementType: elementType, batchSize: size).graph }
    guard case .saved(let network) = self else {
      return try backend.plan(graph(batchSize), precision: precision, part: graph)
    }
    network.precision = precision
    return try network.predictionPlan(graph(batchSize))
  }

  /// The examples of a batch that predictions compute at once.
  ///
  /// - Parameter summary: of the model.
  func partSize(of batchSize: Int, _ summary: Summary) -> Int {
    switch self {
    case .entry:
      BatchParts.size(
        of: batchSize, multiplyAdds: summary.multiplyAdds, weightBytes: 4 * (summary.parameters + summary.nonTrainable))
    case .saved(let network): network.partSize(of: batchSize)
    }
  }

  /// The shape that was asked for with --input, or the model's own.
  ///
  /// - Errors: another shape than the only one; none at all.
  func input(_ wanted: Shape?) throws -> Shape {
    if let wanted, let input, hasFixedInput, wanted != input {
      throw CommandError("\(shortened(name)) takes \(input), not \(wanted): leave --input out")
    }
    guard let input = wanted ?? input else {
      throw UsageError("the model line says no input: give --input HxWxC, or begin it with 'input HxWxC - '")
    }
    return input
  }

  /// The network for inputs that suit the model, with the weights of a file; without one with its own, or new ones drawn
  /// from `seed` if it was not saved with any.
  func network(input: Shape, weights: String? = nil, seed: UInt64 = 0, backend: BackendChoice) throws -> Network {
    switch self {
    case .saved(let network):
      if let weights { try network.loadWeights(from: weights) }
      return network
    case .entry(let entry):
      if let weights, FileStatus(weights)?.isDirectory != true {
        return try Network(named: entry.name, weights: weights, input: input, backend: backend)
      }
      let network = try Network(
        entry.make(), input: input, elementType: elementType, seed: seed, name: entry.name, backend: backend)
      if let weights { try network.loadWeights(from: weights) }
      return network
    }
  }
}
