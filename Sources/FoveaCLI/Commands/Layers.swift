import FoveaLayers
import FoveaZoo

/// `fovea layers`: what models are made of.
enum Layers: Command {
  static let name = "layers"
  static let summary = "lists the layers, and how they are written in a model line"
  static let discussion = """
     In a model line, layers follow each other across '-'; what is in parentheses may be left out; \
    '[…]*n' repeats. In Swift, a model is written with the layers' own names.
    """
  static let options: [any OptionDeclaration] = [Common.json]

  struct Row: Encodable {
    let layer: String
    /// Its word in model lines, where it has one.
    let word: String?
    let summary: String

    init(_ layer: String, word: String? = nil, _ summary: String) {
      (self.layer, self.word, self.summary) = (layer, word, summary)
    }

    private enum Keys: String, CodingKey { case layer, line, summary }

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: Keys.self)
      try values.encode(layer, forKey: .layer)
      try values.encode(line, forKey: .line)
      try values.encode(summary, forKey: .summary)
    }

    /// How it is written in a model line.
    var line: String? { word.flatMap { word in PatternWord.all.first { $0.name == word }?.usage } }
  }

  static let rows = [
    Row("Conv2D", word: "conv", "slides filters over an image; 1D and 3D alike"),
    Row("DepthwiseConv2D", "slides filters over each channel on its own; 1D and 3D alike"),
    Row("SeparableConv2D", "a depthwise convolution, and a 1×1 one that mixes the channels; 1D and 3D alike"),
    Row("TransposedConv2D", "spreads a kernel over a larger output for every number; 1D and 3D alike"),
    Row("LocallyConnected2D", "a convolution with filters of its own at every position; 1D and 3D alike"),
    Row("Dense", word: "fc", "connects every number to every unit"),
    Row("BatchNorm", word: "bn", "gives each channel the mean and deviation that it learns"),
    Row("MaxPool2D", word: "pool", "the largest value under a sliding window"),
    Row("AveragePool2D", word: "avgpool", "the mean of the values under a sliding window"),
    Row("GlobalAveragePool2D", word: "gap", "the mean of each channel"),
    Row("GlobalMaxPool2D", word: "gmp", "the largest value of each channel"),
    Row("ReLU", word: "relu", "max(x, 0)"),
    Row("Tanh", word: "tanh", "the hyperbolic tangent"),
    Row("Sigmoid", word: "sigmoid", "1 / (1 + e⁻ˣ)"),
    Row("Softmax", word: "softmax", "scores to probabilities; left to the loss at the end of a model line"),
    Row("LogSoftmax", "scores to logarithms of probabilities"),
    Row("Dropout", word: "dropout", "in training, sets numbers to zero at random"),
    Row("Flatten", word: "flatten", "an image to a row of numbers; comes by itself before the first fc"),
    Row("Reshape", "the same numbers under another shape"),
    Row("Permute", "the axes in another order"),
    Row("Pad", "a border of one value"),
    Row("ZeroPadding2D", "a border of zeros around an image"),
    Row("Sequential", "layers one after another"),
    Row("Residual", "adds what goes around some layers to what comes out of them"),
    Row("Concatenate", "puts the channels of several branches side by side"),
  ]

  static func run(_ arguments: Arguments) throws {
    if arguments[Common.json] { return try Console.printJSON(rows) }
    let lines = rows.map { [$0.layer, $0.line ?? "", $0.summary] }
    try Console.print(aligned([["layer", "in a model line", "what it does"]] + lines).joined(separator: "\n"))
  }
}
