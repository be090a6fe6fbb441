import FoveaLayers
import FoveaZoo

/// `fovea layers`: what models are made of.
enum Layers: Command {
  static let name = "layers"
  static let summary = "lists the layers, and how they are written in a model line"
  static let discussion = """
     In a model line, layers follow each other across '-'; what is in parentheses may be left out, and \
    is then as written there, of several words the first (pooling moves by its window); '[…]*n' repeats. A line may begin with the shape of one example, 'input HEIGHTxWIDTHxCHANNELS - ', or with \
    'input 20 int32 - ' for words or classes by their numbers; without it, the shape is that of --input, or of the data. \
    In Swift, a model is written with the layers' own names.
    """
  static let examples = ["layers", "summary \"\(PatternWord.example)\""]
  static let options: [any OptionDeclaration] = [Common.json]

  static func run(_ arguments: Arguments) throws {
    if arguments[Common.json] { return try Console.printJSON(LayerRow.catalogue.flatMap(\.rows)) }
    var lines = [["layer", "in a model line", "what it does"]]
    for (topic, rows) in LayerRow.catalogue {
      lines += [[], [topic + ":"]] + rows.map { [$0.layer, $0.line ?? "", $0.summary] }
    }
    try Console.print(aligned(lines).joined(separator: "\n"))
    try Console.print("\nA line begins with the shape of one example, or gets it from --input or the data:")
    try Console.print("  \(PatternWord.example)")
    try Console.print(
      "\nWhat is in parentheses may be left out and is then as written there, of several words the first; pooling then "
        + "moves by its window.")
    try Console.print("\nConvolution, pooling and resampling called 2D exist as 1D and 3D, too.")
  }
}
