public import FoveaLayers

/// A model that can be asked for by name.
public struct CatalogueEntry: Sendable {
  public let name: String
  /// Other names, such as the rows of the lectures' tables.
  public let aliases: [String]
  /// When it was published; `nil` for a model line.
  public let year: Int?
  /// Where it is described.
  public let source: String
  /// The shape of one example, H×W×C, that it was made for; `nil` for a model line that does not say.
  public let input: Shape?
  /// What the input is made of: `float32`, or `int32` for words and classes by their numbers.
  public let elementType: ElementType
  /// The number of classes that it was made for; `nil` where the number of outputs is not a choice.
  public let classes: Int?
  /// Whether it is a model line, not a name.
  public let isLine: Bool
  private let model: @Sendable (Int) -> any Layer

  init(
    _ name: String, aliases: [String] = [], _ year: Int?, _ source: String, input: Shape?,
    elementType: ElementType = .float32, classes: Int? = 10,
    isLine: Bool = false, model: @escaping @Sendable (_ classes: Int) -> any Layer
  ) {
    (self.name, self.aliases, self.year, self.source) = (name, aliases, year, source)
    (self.input, self.elementType, self.classes) = (input, elementType, classes)
    (self.isLine, self.model) = (isLine, model)
  }

  /// The model with so many outputs, its own number by default.
  public func make(classes: Int? = nil) -> any Layer { model(classes ?? self.classes ?? 0) }
}

/// The models that have a name. A new one is listed here and nowhere else.
public enum Catalogue {
  public static let entries: [CatalogueEntry] =
    [
      CatalogueEntry(
        "lenet5", aliases: ["t5", "t6", "t9"], 1998,
        "LeCun et al., Gradient-Based Learning Applied to Document Recognition", input: [28, 28, 1]
      ) { LeNet5(classes: $0) },
      CatalogueEntry("keras-mnist-valid", aliases: ["t1"], 2022, "the lectures, table T1", input: [28, 28, 1]) {
        KerasMNIST(padding: .valid, classes: $0)
      },
      CatalogueEntry("keras-mnist-same", aliases: ["t2"], 2022, "the lectures, table T2", input: [28, 28, 1]) {
        KerasMNIST(padding: .same, classes: $0)
      },
      CatalogueEntry("keras-mnist-strided", aliases: ["t3"], 2022, "the lectures, table T3", input: [28, 28, 1]) {
        KerasMNIST(padding: .same, strides: 2, classes: $0)
      },
      CatalogueEntry("keras-mnist-pool", aliases: ["t4"], 2022, "the lectures, table T4", input: [28, 28, 1]) {
        KerasMNISTWithPooling(classes: $0)
      },
      CatalogueEntry(
        "keras-heads", aliases: ["t26"], 2022, "the lectures, table T26", input: [28, 28, 3], classes: nil
      ) { _ in KerasHeads() },
    ]
    + [20, 32, 44, 56, 110].map { depth in
      CatalogueEntry(
        "resnet\(depth)", 2015, "He et al., Deep Residual Learning for Image Recognition, §4.2", input: [32, 32, 3]
      ) { ResNetCIFAR(depth: depth, classes: $0) }
    }

  /// The model of a name or of a model line such as `"[[conv 32 3x3 - relu]*2 - pool]*2 - fc 128 - relu - fc 10"`.
  ///
  /// Capitals, hyphens and underscores in a name do not matter.
  ///
  /// - Errors: an unknown name, with the nearest; a mistake in a line, with its column.
  public static func entry(for text: String) throws(ZooError) -> CatalogueEntry {
    if ModelPattern.looksLikeOne(text) {
      let pattern: ModelPattern
      do throws(PatternError) { pattern = try ModelPattern(text) } catch { throw .pattern(error) }
      let (name, source) = (pattern.description, "a model line")
      return CatalogueEntry(
        name, nil, source, input: pattern.input, elementType: pattern.elementType, classes: nil, isLine: true
      ) { _ in pattern }
    }
    let wanted = plain(text)
    if let entry = entries.first(where: { ([$0.name] + $0.aliases).contains { plain($0) == wanted } }) { return entry }
    throw .unknownModel(text, nearest: nearest(to: text.lowercased(), among: entries.map(\.name)))
  }

  private static func plain(_ name: String) -> String {
    name.lowercased().filter { $0 != "-" && $0 != "_" }
  }
}

/// What can go wrong in naming a model.
public enum ZooError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknownModel(String, nearest: String)
  case pattern(PatternError)

  public var description: String {
    switch self {
    case .unknownModel(let name, let nearest):
      "there is no model '\(name)'; did you mean '\(nearest)'? `fovea models` lists them all"
    case .pattern(let error): error.description
    }
  }
}
