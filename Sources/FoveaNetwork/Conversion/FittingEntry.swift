import FoveaFormats
import FoveaLayers
import FoveaZoo

/// Which model of the catalogue a file's weights are those of.
enum FittingEntry {
  /// A sentence that names the model; `nil` if the weights are those of none.
  static func hint(for file: WeightFile) -> String? {
    name(for: file).map { "they fit the model '\($0)'" }
  }

  /// The name of the first entry whose tensors are the file's, with the number of classes if it is another, and with
  /// options such as a width where these make it fit.
  static func name(for file: WeightFile) -> String? {
    var guesses: [String] = []
    for candidate in Catalogue.entries {
      guard let (entry, traced) = traced(candidate, with: file) else { continue }
      if let outputs = outputs(of: entry, traced, with: file) {
        return named(candidate.name, outputs: outputs, of: entry)
      }
      guesses += OptionGuesses(file, for: traced, of: entry).texts.map { "\(candidate.name):\($0)" }
    }
    for guess in guesses {
      guard let candidate = try? Catalogue.entry(for: guess), let (entry, traced) = traced(candidate, with: file),
        let outputs = outputs(of: entry, traced, with: file)
      else { continue }
      return named(guess, outputs: outputs, of: entry)
    }
    return nil
  }

  private static func named(_ name: String, outputs: Int, of entry: CatalogueEntry) -> String {
    outputs == entry.classes ?? 0 ? name : "\(name)\(name.contains(":") ? "," : ":")classes=\(outputs)"
  }

  /// The entry as the file's names have it, and its graph.
  private static func traced(
    _ candidate: CatalogueEntry, with file: WeightFile
  ) -> (entry: CatalogueEntry, traced: TracedModel)? {
    guard let entry = try? candidate.fitting(file.names), let input = entry.input,
      let traced = try? trace(entry.make(), input: input, elementType: entry.elementType)
    else { return nil }
    return (entry, traced)
  }

  /// The number of outputs that the entry must have; `nil` if the weights are those of another architecture.
  private static func outputs(of entry: CatalogueEntry, _ traced: TracedModel, with file: WeightFile) -> Int? {
    let parameters = traced.graph.parameters.map(\.parameter)
    // A file of ours has our names and shapes.
    if Set(file.names) == Set(parameters.map(\.path)) {
      let others = parameters.filter { file.shape(of: $0.path) != $0.shape }
      let counts = Set(others.map { file.shape(of: $0.path)?.channels ?? 0 })
      guard others.allSatisfy({ $0.shape.channels == entry.classes }), counts.count <= 1 else { return nil }
      return counts.first ?? entry.classes ?? 0
    }
    return StateDict(file, for: traced, of: entry).fittingOutputs(entry.classes ?? 0)
  }
}
