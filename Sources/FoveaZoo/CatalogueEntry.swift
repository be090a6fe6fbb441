public import FoveaLayers

/// A model that can be asked for by name.
public struct CatalogueEntry: Sendable {
  /// With what was chosen behind a colon: `mobilenet-v1:width=0.5`.
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
  /// What can be chosen besides `classes` and `input`.
  public let options: [ModelOption]
  /// Whether it is a model line, not a name.
  public let isLine: Bool
  /// Our names of weights that are called otherwise elsewhere, PyTorch's leaves kept: tried where a file's names fit badly.
  public let otherNames: [@Sendable (String) -> String]
  /// What the names of tensors begin with that a model may do without, such as auxiliary heads: a file may have them all
  /// the same.
  public let leftOut: [String]
  /// What its published weights want done to a picture, as `fovea convert --preprocessing` takes it.
  public let preprocessing: String
  private let told: (@Sendable ([String]) -> [String: String])?
  /// What Keras's applications call its layers, if it is one of theirs.
  public var keras: KerasNames? { kerasNames?() }
  private let kerasNames: (@Sendable () -> KerasNames)?
  private let chosen: ModelOptions
  private let model: @Sendable (ModelOptions) -> any Layer

  init(
    _ name: String, aliases: [String] = [], _ year: Int?, _ source: String, input: Shape?,
    elementType: ElementType = .float32, classes: Int? = 10, options: [ModelOption] = [], isLine: Bool = false,
    otherNames: [@Sendable (String) -> String] = [], leftOut: [String] = [],
    preprocessing: String = "imagenet",
    told: (@Sendable (_ names: [String]) -> [String: String])? = nil,
    keras: (@Sendable () -> KerasNames)? = nil,
    model: @escaping @Sendable (_ options: ModelOptions) -> any Layer
  ) {
    (self.name, self.aliases, self.year, self.source) = (name, aliases, year, source)
    (self.input, self.classes, self.options, self.isLine) = (input, classes, options, isLine)
    (self.elementType, self.otherNames, self.leftOut, self.model) = (elementType, otherNames, leftOut, model)
    (self.preprocessing, self.told, kerasNames) = (preprocessing, told, keras)
    chosen = ModelOptions(
      classes: classes ?? 0, Dictionary(uniqueKeysWithValues: options.map { ($0.name, $0.standard) }))
  }

  private init(_ entry: CatalogueEntry, name: String, input: Shape?, classes: Int?, chosen: ModelOptions) {
    (self.name, self.input, self.classes, self.chosen) = (name, input, classes, chosen)
    (aliases, year, source, options) = (entry.aliases, entry.year, entry.source, entry.options)
    (isLine, elementType, model) = (entry.isLine, entry.elementType, entry.model)
    (otherNames, leftOut, told, kerasNames) = (entry.otherNames, entry.leftOut, entry.told, entry.kerasNames)
    preprocessing = entry.preprocessing
  }

  /// The model with so many outputs, its own number by default.
  public func make(classes: Int? = nil) -> any Layer { model(chosen.with(classes: classes ?? self.classes ?? 0)) }

  /// Whether the number of outputs was chosen in the name.
  public var choosesClasses: Bool {
    name.split(separator: ":").dropFirst().joined().split(separator: ",").contains { $0.hasPrefix("classes=") }
  }

  /// The entry with the options that the names of a file's tensors tell, unless they were chosen: who called them so also
  /// computes a little otherwise.
  public func fitting(_ names: [String]) throws(ZooError) -> CatalogueEntry { try fitting(told?(names) ?? [:]) }

  /// The entry with the options of Keras's version, unless they were chosen, if most layers are called as there.
  public func fitting(kerasLayers layers: [String]) throws(ZooError) -> CatalogueEntry {
    guard let keras, !keras.paths(of: layers).isEmpty else { return self }
    return try fitting(keras.options.compactMapValues(\.first))
  }

  private func fitting(_ values: [String: String]) throws(ZooError) -> CatalogueEntry {
    let missing = values.filter { !name.contains("\($0.key)=") }.map { "\($0.key)=\($0.value)" }
    if missing.isEmpty { return self }
    return try Catalogue.entry(for: name + (name.contains(":") ? "," : ":") + missing.sorted().joined(separator: ","))
  }

  /// The options, such as `padding=same`, that Keras's version has otherwise than what was chosen.
  public var unlikeKeras: [String] {
    (keras?.options ?? [:]).compactMap { key, values in
      let fitting = options.first { $0.name == key }.map { option in values.map { try? option.value($0, of: name) } }
      return fitting?.contains(chosen[key]) == true ? nil : "\(key)=\(values[0])"
    }.sorted()
  }

  /// The entry with what a text such as `width=0.5,input=160` chooses.
  ///
  /// - Errors: a name that is no option, one that is given twice, a value that is not allowed.
  func choosing(_ text: String) throws(ZooError) -> CatalogueEntry {
    var values = Dictionary(uniqueKeysWithValues: options.map { ($0.name, $0.standard) })
    var (input, classes, given) = (input, classes, [String]())
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard pair.count == 2, !pair[1].isEmpty else {
        throw .badOption("'\(part)' of \(name): write an option as name=value, such as classes=5")
      }
      let (key, value) = (pair[0], pair[1])
      guard !given.contains(where: { $0.hasPrefix(key + "=") }) else {
        throw .badOption("'\(key)' of \(name) is given twice")
      }
      given.append("\(key)=\(value)")
      if key == "input", let original = self.input {
        input = try Self.input(value, like: original, of: name)
      } else if key == "classes", self.classes != nil {
        let option = ModelOption("classes", "outputs", .integer(1, 1...1_000_000))
        guard case .integer(let count) = try option.value(value, of: name) else { continue }
        classes = count
      } else if let option = options.first(where: { $0.name == key }) {
        values[key] = try option.value(value, of: name)
      } else {
        let known =
          (self.classes == nil ? [] : ["classes"]) + (self.input == nil ? [] : ["input"]) + options.map(\.name)
        throw .badOption("\(name) has no option '\(key)'; it has \(known.joined(separator: ", "))")
      }
    }
    return CatalogueEntry(
      self, name: name + ":" + given.sorted().joined(separator: ","), input: input, classes: classes,
      chosen: ModelOptions(classes: classes ?? 0, values))
  }

  /// Of an image `160`, `160x120` or `160x120x3`; of a sequence `100`, or `100x13` if a step has several numbers.
  private static func input(_ text: String, like original: Shape, of model: String) throws(ZooError) -> Shape {
    let sizes = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    let isImage = original.rank == 3
    guard (1...original.rank).contains(sizes.count), sizes.allSatisfy((1...longest(isImage)).contains) else {
      let examples = isImage ? "160, 160x120 or 160x120x3" : original.rank == 2 ? "100 or 100x13" : "100"
      throw .badOption("'input=\(text)' of \(model): give a size such as \(examples)")
    }
    // One size of an image is both its height and its width.
    let given = isImage && sizes.count == 1 ? [sizes[0], sizes[0]] : sizes
    return Shape(given + original.dimensions.dropFirst(given.count))
  }

  /// A second of sound has more steps than an image has rows.
  private static func longest(_ isImage: Bool) -> Int { isImage ? 65_535 : 10_000_000 }
}
