import FoveaData
import FoveaLayers
import FoveaNetwork
import FoveaTraining

/// `fovea evaluate`: how well a model does on data.
enum Evaluate: Command {
  static let name = "evaluate"
  static let summary = "measures loss and accuracy of a model on a data set"
  static let file = Positional("DIR_OR_FILE", "a model file, the output folder of a training, or an ONNX file")
  static let positionals = [file]
  static let data = Option(
    required: "data", "DATA", listed(DataReference.forms), .text("a kind of data and its folder"))
  static let batchSize = Option(
    "batch-size", "N", "examples at a time", .integer(1...1_048_576), default: 128)
  static let options: [any OptionDeclaration] = [
    data, DataPart.option, batchSize, Common.threads, Common.backend, Common.json,
  ]

  static func run(_ arguments: Arguments) throws {
    Common.apply(arguments)
    let reference = try DataReference(parsing: arguments[data])
    let network = try Network(contentsOf: arguments[file][0], backend: arguments[Common.backend])
    let samples = try reference.dataset(arguments[DataPart.option], for: network)
    let evaluation = try network.evaluate(samples, batchSize: min(arguments[batchSize], samples.count))
    guard evaluation.loss.isFinite else {
      throw CommandError("the loss is \(evaluation.loss): the model's weights are too large for its arithmetic")
    }
    if arguments[Common.json] { return try Console.printJSON(evaluation) }
    try Console.print(
      """
      \(network.name) on \(groupedCount(evaluation.count, "example"))
      loss            \(short(evaluation.loss))
      top-1 accuracy  \(percent(evaluation.top1))
      top-5 accuracy  \(percent(evaluation.top5))

      \(ConfusionTable(evaluation, classNames: samples.classNames))
      """)
  }
}
