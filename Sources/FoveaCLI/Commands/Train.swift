import FoveaData
import FoveaLayers
import FoveaNetwork
import FoveaTraining

/// `fovea train`: trains a model, or goes on with a training.
enum Train: Command {
  static let name = "train"
  static let summary = "trains a model on a data set"
  static let discussion = """
     The output folder gets a checkpoint after every epoch and metrics.jsonl, an object for each step and epoch. Ctrl-C \
    and SIGTERM end the step, save and stop, with status 130 and 143. --resume goes on from the last checkpoint with the \
    same options; after kill -9, too, the result is the same, bit for bit. The same seed, machine and number of threads \
    give the same bits. --json prints the object of the last epoch that ended; where the training was stopped before \
    any did, {"event":"interrupted","epoch":1,"step":N} with the number of steps done.
    """
  static let model = Positional(
    "MODEL", "a name (`fovea models`), a model line (`fovea layers`), or a model file to start from", .optional)
  static let positionals = [model]
  static let usage = ["train MODEL --data DATA [options]", "train --resume DIR [--epochs N]"]

  static let data = Option("data", "DATA", listed(DataReference.forms), .text("a kind of data and its folder"))
  static let output = Option(
    "output", "DIR", "the folder for checkpoints and metrics", .path("a folder"), "runs/MODEL-DATA, a new one")
  static let overwrite = Option(
    "overwrite", "replaces the training that the output folder holds, once the new one has read its first batch")
  static let resume = Option(
    "resume", "DIR", "goes on with the training in this folder; only --epochs may grow", .path("a folder"))
  static let from = Option(
    "from", "FILE",
    "starts from weights: a model file, the output folder of a training, or a file of weights as `fovea convert` reads it "
      + "with --model",
    .path("a file or folder"), "new weights, drawn from the seed")
  static let quiet = Option("quiet", "prints no progress")
  static let options: [any OptionDeclaration] =
    [data, output, overwrite, resume, from] + PlanOptions.options
    + [Common.input, Common.memoryLimit, Common.threads, Common.backend, quiet, Common.json]

  static func run(_ arguments: Arguments) throws {
    Common.apply(arguments)
    var training = try prepare(arguments)
    let progress = ProgressReport(
      training, to: arguments[quiet] ? .nowhere : Console.errorIsTerminal ? .terminal : .lines)
    progress.start()
    training.trainer.memoryLimit = arguments[Common.memoryLimit]
    training.trainer.onEvent = { progress.show($0) }
    training.trainer.onNote = { Console.note("note: \($0)") }
    let interruption = Interruption()
    training.trainer.shouldStop = { interruption.signal != nil }
    let result: TrainingResult
    do {
      result = try training.run()
    } catch {
      progress.end()
      throw error
    }
    progress.end()
    if arguments[Common.json] {
      if let epoch = result.lastEpoch {
        try Console.printJSON(TrainingEvent.epoch(epoch))
      } else {
        try Console.printJSON(InterruptedTraining(epoch: 1, step: result.steps))
      }
    } else {
      try Console.print(text(result, training))
    }
    if result.end == .interrupted, let signal = interruption.signal {
      Console.note("fovea: stopped by \(interruption.name); go on with: fovea train --resume \(training.folder.path)")
      throw Exit(status: 128 + signal)
    }
  }

  private static func prepare(_ arguments: Arguments) throws -> PreparedTraining {
    guard let folder = arguments[resume] else { return try PreparedTraining(arguments, output: arguments[output]) }
    if let training = try PreparedTraining(resuming: folder, arguments) { return training }
    guard !arguments[model].isEmpty, arguments.has(data) else {
      throw CommandError(
        "\(folder): no checkpoint was written before the training ended; start it again with MODEL and --data")
    }
    Console.note("note: \(folder) holds no checkpoint yet, the training starts at its beginning")
    return try PreparedTraining(arguments, output: arguments[output] ?? folder)
  }

  private static func text(_ result: TrainingResult, _ training: PreparedTraining) -> String {
    let name = training.trainer.network.name
    let output = training.folder.path
    let (epochs, planned) = (result.lastEpoch?.epoch ?? 0, training.plan.epochs)
    let work = "\(counted(epochs, "epoch")), \(counted(result.steps, "step"))"
    let state =
      switch result.end {
      case .finished: "\(name) is trained: \(work)"
      case .stoppedEarly: "\(name) no longer improves: stopped after \(work)"
      case .interrupted:
        "\(name) is not finished: \(counted(result.steps, "step")), \(epochs) of \(counted(planned, "epoch"))"
      case .nothingLeft where training.trainer.resumedHasStoppedImproving:
        "\(name) was trained already: it no longer improved and stopped after \(work); "
          + "train on from its weights with a new training: --from \(output)"
      case .nothingLeft: "\(name) was trained already: \(work); ask for more with a larger --epochs"
      }
    let numbers = result.lastEpoch.map { ["last epoch: " + EpochLine($0).numbers] } ?? []
    let files =
      "saved in \(training.folder.checkpoint)"
      + (training.plan.keepsBest && epochs > 0 ? ", the best epoch in \(training.folder.best)" : "")
    return ([state] + numbers + [files]).joined(separator: "\n")
  }
}

/// What `--json` prints of a training that was stopped before an epoch had ended.
private struct InterruptedTraining: Encodable {
  let event = "interrupted"
  /// The one that is running.
  let epoch: Int
  /// The steps done.
  let step: Int
}
