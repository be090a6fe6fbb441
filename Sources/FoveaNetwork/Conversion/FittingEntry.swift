import FoveaFormats
import FoveaLayers
import FoveaZoo

/// Which model of the catalogue a file's weights are those of.
enum FittingEntry {
  /// A sentence that names the model; `nil` if the weights are those of none.
  static func hint(for file: WeightFile) -> String? {
    name(for: file).map { "they fit the model '\($0)'" }
  }

  /// The name of the first entry whose tensors are the file's, with the number of classes if it is another.
  static func name(for file: WeightFile) -> String? {
    for candidate in Catalogue.entries {
      guard let entry = try? candidate.fitting(file.names), let input = entry.input,
        let traced = try? trace(entry.make(), input: input, elementType: entry.elementType),
        let outputs = outputs(of: entry, traced, with: file)
      else { continue }
      return outputs == entry.classes ?? 0 ? candidate.name : "\(candidate.name):classes=\(outputs)"
    }
    return nil
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
