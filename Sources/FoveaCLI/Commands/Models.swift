import FoveaLayers
import FoveaZoo

/// `fovea models`: the catalogue.
enum Models: Command {
  static let name = "models"
  static let summary = "lists the models that have a name"
  static let discussion = """
     A model can also be a line of layers (see `fovea layers`), such as \
    "\(PatternWord.example)", or the lectures' pattern with its numbers, [[CONV-RELU]*2-POOL]*3-[FC-RELU]*1-SOFTMAX. \
    Parameters and multiply-adds are those of one example of the input that is listed.
    """
  static let options: [any OptionDeclaration] = [Common.json]

  private struct Row: Encodable {
    let name: String
    let aliases: [String]
    let year: Int?
    let input: Shape?
    /// What the input is made of, if not of `float32`.
    let elementType: ElementType?
    let classes: Int?
    let options: [Choice]
    let parameters: Int?
    let multiplyAdds: Int?
    let source: String
  }

  /// Something that can be chosen behind a colon.
  private struct Choice: Encodable {
    let name: String
    let summary: String
    let range: String
  }

  static func run(_ arguments: Arguments) throws {
    let rows = try Catalogue.entries.map { entry in
      let summary = try entry.input.map {
        try trace(entry.make(), input: $0, elementType: entry.elementType).summary
      }
      return Row(
        name: entry.name, aliases: entry.aliases, year: entry.year, input: entry.input,
        elementType: entry.elementType == .float32 ? nil : entry.elementType, classes: entry.classes,
        options: entry.options.map { Choice(name: $0.name, summary: $0.summary, range: $0.range) },
        parameters: summary?.parameters, multiplyAdds: summary?.multiplyAdds, source: entry.source)
    }
    if arguments[Common.json] { return try Console.printJSON(rows) }
    let head = ["name", "other names", "year", "input", "parameters", "multiply-adds", "paper"]
    let lines = rows.map { row in
      [
        row.name, row.aliases.joined(separator: ", "), row.year.map(String.init) ?? "",
        (row.input?.description ?? "") + (row.elementType.map { " of \($0)" } ?? ""),
        row.parameters.map(grouped) ?? "", row.multiplyAdds.map(grouped) ?? "", row.source,
      ]
    }
    try Console.print(aligned([head] + lines, rightAligned: [4, 5]).joined(separator: "\n"))
    try Console.print(
      "\nBehind a name and a colon, things can be chosen: resnet18:classes=5,input=160. All have input, most have "
        + "classes; and:")
    try Console.print(aligned(optionLines).joined(separator: "\n"))
  }

  /// The options besides `input` and `classes`, each with the models that have it.
  private static var optionLines: [[String]] {
    var (options, names) = ([ModelOption](), [ModelOption: [String]]())
    for entry in Catalogue.entries {
      for option in entry.options {
        if names[option] == nil { options.append(option) }
        names[option, default: []].append(entry.name)
      }
    }
    return options.map { option in
      ["  \(option.name)", names[option]!.joined(separator: ", "), "\(option.summary): \(option.range)"]
    }
  }
}
