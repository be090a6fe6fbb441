import FoveaData
import FoveaExplain
import FoveaNetwork

/// `fovea explain`: one activation, down to its products.
enum Explain: Command {
  static let name = "explain"
  static let summary = "takes one activation of a model apart: window, kernel, products, sum, and what it sees"
  static let discussion = """
     The number is worked out term by term from what the layer reads, and compared with what the program computes. \
    The patch of the input that it sees is its receptive field, in pixels of the prepared picture.
    """
  static let examples = [
    "explain lenet5 seven.png --layer c3 --at 4,7,3",
    "explain \"input 32x32x3 - conv 8 3x3 - relu - pool - fc 10\" photo.jpg --layer conv2d_1 --at 0,0,5 --terms 9",
  ]
  static let model = Positional.modelOrFile
  static let image = Positional("IMAGE", "a JPEG or PNG file")
  static let positionals = [model, image]
  static let layer = Option(required: "layer", "PATH", "the layer, as `fovea summary` lists it", .text("a path"))
  static let at = Option(
    required: "at", "Y,X,C", "where in the layer's output: row, column, channel; one number after a flatten", .position)
  static let terms = Option(
    "terms", "N", "how many terms of a sum are printed", .integer(1...1_000_000), default: 64)
  static let seed = Option("seed", "N", "what new weights are drawn from", .seed, default: 0)
  static let options: [any OptionDeclaration] = [
    layer, at, terms, Common.input, Common.weights, seed, Common.threads, Common.backend, Common.json,
  ]

  static func run(_ arguments: Arguments) throws {
    Common.apply(arguments)
    let backend = arguments[Common.backend]
    let reference = try ModelReference(arguments[model][0], input: arguments[Common.input], backend: backend)
    let network = try reference.network(
      input: reference.input(arguments[Common.input]), weights: arguments[Common.weights], seed: arguments[seed],
      backend: backend)
    if network.quantization != nil {
      Console.note("note: \(network.name) computes with whole numbers of 8 bits; its float32 weights are explained")
      network.quantization = nil
    }
    let picture = try Image(contentsOf: arguments[image][0])
    let explanation = try network.explain(picture, layer: arguments[layer], at: arguments[at])
    if arguments[Common.json] { return try Console.printJSON(explanation) }
    try Console.print(explanation.text(terms: arguments[terms]))
  }
}

extension ValueKind where Value == [Int] {
  /// Whole numbers with commas between them.
  static let position = ValueKind(expectation: "whole numbers with commas between them, such as 4,7,0") { text in
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    return parts.contains(nil) ? nil : parts.compactMap(\.self)
  }
}
