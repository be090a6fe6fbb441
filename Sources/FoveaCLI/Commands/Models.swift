import FoveaLayers
import FoveaZoo

/// `fovea models`: the catalogue.
enum Models: Command {
  static let name = "models"
  static let summary = "lists the models that have a name"
  static let discussion = """
     A model can also be a line of layers (see `fovea layers`), such as \
    "\(PatternWord.example)".
    """
  static let options: [any OptionDeclaration] = [Common.json]

  private struct Row: Encodable {
    let name: String
    let aliases: [String]
    let year: Int?
    let input: Shape?
    let classes: Int?
    let parameters: Int?
    let multiplyAdds: Int?
    let source: String
  }

  static func run(_ arguments: Arguments) throws {
    let rows = try Catalogue.entries.map { entry in
      let summary = try entry.input.map { try trace(entry.make(), input: $0).summary }
      return Row(
        name: entry.name, aliases: entry.aliases, year: entry.year, input: entry.input, classes: entry.classes,
        parameters: summary?.parameters, multiplyAdds: summary?.multiplyAdds, source: entry.source)
    }
    if arguments[Common.json] { return try Console.printJSON(rows) }
    let head = ["name", "other names", "input", "parameters", "multiply-adds", "source"]
    let lines = rows.map { row in
      [
        row.name, row.aliases.joined(separator: ", "), row.input?.description ?? "",
        row.parameters.map(grouped) ?? "", row.multiplyAdds.map(grouped) ?? "",
        row.source + (row.year.map { " (\($0))" } ?? ""),
      ]
    }
    try Console.print(aligned([head] + lines, rightAligned: [3, 4]).joined(separator: "\n"))
  }
}
