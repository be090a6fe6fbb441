import FoveaFormats
import FoveaLayers
import FoveaZoo

/// What a file's names and shapes tell of a model's options, where these are not the model's own.
struct OptionGuesses {
  /// Such as `width=0.5` or `blocks=6-12-24,growth=32`, each to be tried.
  let texts: [String]

  /// What MobileNets and their like are published with.
  private static let widths: [Double] = [0.25, 0.35, 0.5, 0.75, 1, 1.25, 1.3, 1.4, 1.5, 2]

  init(_ file: WeightFile, for model: TracedModel, of entry: CatalogueEntry) {
    let dict = StateDict(file, for: model, of: entry)
    let parameters = model.graph.parameters.map(\.parameter)
    let names = parameters.map { StateDict.name(of: $0.path) }
    // By how much each tensor of the file has more outputs than the model's.
    let ratios = zip(parameters, names).map { parameter, name in
      (file.shape(of: parameter.path)?.dimensions.last ?? dict.shape(of: name)?.dimensions.first).map {
        Double($0) / Double(parameter.shape.dimensions.last ?? 1)
      }
    }
    guard let ratio = ratios.lazy.compactMap(\.self).first(where: { $0 != 1 }) ?? ratios.first ?? nil,
      2 * ratios.count(where: { $0 != nil }) > ratios.count
    else {
      texts = []
      return
    }
    var texts = [""]
    for option in entry.options {
      let values: [String]
      switch option.kind {
      case .number(_, let range) where option.name == "width":
        values = Self.widths.filter(range.contains).map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }
      case .integer(let standard, let range) where standard > 1:
        let scaled = Int(exactly: (Double(standard) * ratio).rounded()) ?? 0
        values = scaled != standard && range.contains(scaled) ? ["\(scaled)"] : []
      case .integers(let standard, let range):
        let counts = Self.counts(like: standard, in: names, of: file.names)
        values =
          counts.allSatisfy(range.contains) && counts != standard && !counts.isEmpty
          ? [counts.map(String.init).joined(separator: "-")] : []
      default: values = []
      }
      texts += texts.flatMap { text in values.map { (text.isEmpty ? "" : text + ",") + "\(option.name)=\($0)" } }
    }
    self.texts = texts.filter { !$0.isEmpty }
  }

  /// How many numbered layers a file has in each of the places where the model has so many; empty if that is unclear.
  private static func counts(like standard: [Int], in ours: [String], of theirs: [String]) -> [Int] {
    let (model, file) = (numbered(ours), numbered(theirs))
    let places = model.keys.filter { standard.contains(model[$0]!.count) }.sorted()
    guard places.map({ model[$0]!.count }) == standard else { return [] }
    return places.map { file[$0]?.count ?? 0 }
  }

  /// The numbers that stand behind each beginning of a name.
  private static func numbered(_ names: [String]) -> [String: Set<Int>] {
    var result: [String: Set<Int>] = [:]
    for name in names {
      let parts = name.split(separator: ".")
      for (index, part) in parts.enumerated() {
        if let number = Int(part) { result[parts[..<index].joined(separator: "."), default: []].insert(number) }
      }
    }
    return result
  }
}
