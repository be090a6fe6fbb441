import FoveaNetwork

/// A subcommand: what it is called, what it takes, what it does.
protocol Command: Sendable {
  static var name: String { get }
  /// One line for the list of commands, without a full stop.
  static var summary: String { get }
  /// What else its help says.
  static var discussion: String { get }
  /// How it is called, one line for each way.
  static var usage: [String] { get }
  /// Calls to copy, without the tool's name.
  static var examples: [String] { get }
  static var positionals: [Positional] { get }
  static var options: [any OptionDeclaration] { get }

  static func run(_ arguments: Arguments) throws
}

extension Command {
  static var discussion: String { "" }
  static var examples: [String] { [] }
  static var positionals: [Positional] { [] }

  static var usage: [String] {
    let needed = options.filter(\.isRequired).map(\.usage)
    let others = needed.count < options.count ? ["[options]"] : []
    return [([name] + positionals.map(\.usage) + needed + others).joined(separator: " ")]
  }
}

/// The subcommands. A new one is listed here and nowhere else.
enum Commands {
  static var all: [any Command.Type] {
    [
      Train.self, Evaluate.self, Predict.self, SummaryCommand.self, Models.self, Layers.self, Run.self, Bench.self,
      Convert.self, Quantize.self, ExportSamples.self, Shapes.self, Explain.self, LessonCommand.self,
    ]
  }
}

extension Positional {
  static let modelOrFile = Positional(
    "MODEL_OR_FILE",
    "a name (`fovea models`), a model line such as \"input 28x28x1 - conv 8 3x3 - relu - fc 10\" (`fovea layers`), a "
      + "model file, or an ONNX file")
}

/// The options that several commands have.
enum Common {
  static let json = Option("json", "prints the result as one JSON value")
  static let backend = Option(
    "backend", "NAME", "what computes: onednn (fast) or reference (plain loops)", .choice,
    default: BackendChoice.onednn)
  static let threads = Option(
    "threads", "N", "how many threads compute", .integer(1...1024), "all processors")
  static let input = Option(
    "input", "HxWxC", "the shape of one example: height, width, channels", .imageShape, "the model's own")

  static let weights = Option(
    "weights", "FILE", "weights for the model: a model file, or a file as `fovea convert` reads it", .path("a file"),
    "those of the model file; of a name or a line, new ones drawn from --seed")
  static let exact = Option(
    "exact", "computes every convolution by its definition, also where fewer products give nearly the same faster")
  static let memoryLimit = Option(
    "memory-limit", "SIZE",
    "the most memory that the process takes for training, such as 2GiB or 800MB: where keeping every result would take "
      + "more, results are computed again; the numbers stay the same", .byteCount, "what the machine has")

  /// Applies what is chosen for the whole process.
  static func apply(_ arguments: Arguments) {
    if let threads = arguments[Common.threads] { BackendChoice.threads = threads }
  }
}
