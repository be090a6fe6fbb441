import FoveaData
import FoveaFiles
import FoveaLayers
import FoveaNetwork
import FoveaTraining
import FoveaZoo

extension PreparedTraining {
  /// A training that goes on from its last checkpoint; `nil` if the folder is there and no checkpoint is in it.
  ///
  /// - Errors: no such folder; a damaged checkpoint; options that are not those of the training; damaged data.
  init?(resuming folder: String, _ arguments: Arguments) throws {
    guard let status = FileStatus(folder), status.isDirectory else {
      throw CommandError("\(folder): there is no such folder; --resume takes the output folder of a training")
    }
    let isEmpty = FileStatus(folder + "/checkpoint") == nil && FileStatus(folder + "/training.json") == nil
    if isEmpty, FileStatus(folder + "/manifest.json") == nil { return nil }

    let own = TrainingFolder.path(around: folder)
    guard let output = arguments[Train.output] ?? own else {
      throw UsageError("\(folder) is a checkpoint without the folder of its training: say where to write with --output")
    }
    // Locked before it is read: what another process is writing is not to be resumed.
    let place = try TrainingFolder(output)
    if !place.isSame(as: own), place.holdsTraining {
      throw CommandError("\(output) holds another training: choose another folder with --output")
    }
    let trainer = try Trainer(resuming: folder)
    guard var plan = trainer.resumedPlan else { preconditionFailure("a resumed training has a plan") }
    try Self.checkModel(trainer.network, arguments, folder)
    try Self.checkOptions(arguments, plan, trainer, folder)
    if arguments.has(PlanOptions.epochs) { plan.epochs = arguments[PlanOptions.epochs] }
    guard plan.epochs >= trainer.resumedEpochs else {
      throw CommandError(
        "--epochs \(plan.epochs): \(trainer.resumedEpochs) \(trainer.resumedEpochs == 1 ? "is" : "are") done already in "
          + "\(folder); ask for more")
    }
    guard let dataText = arguments[Train.data] ?? plan.data else {
      throw UsageError("the training in \(folder) does not say what its data was: give it with --data")
    }
    let reference = try DataReference(parsing: dataText)
    plan.data = reference.description
    if !arguments.has(Common.threads), let threads = trainer.resumedThreads { BackendChoice.threads = threads }
    try self.init(trainer, plan, reference.source(for: trainer.network), folder: place)
  }

  /// - Errors: MODEL given and another than the checkpoint's.
  private static func checkModel(_ network: Network, _ arguments: Arguments, _ folder: String) throws {
    guard let text = arguments[Train.model].first else { return }
    let name = try ModelReference(text, backend: network.backend).name
    guard name != network.name else { return }
    throw CommandError(
      "\(folder): the checkpoint is of another architecture: it is \(network.name), not \(name); "
        + "resume it without MODEL, or train \(name) into another folder")
  }

  /// - Errors: every option that is given and differs from the training's.
  private static func checkOptions(
    _ arguments: Arguments, _ plan: TrainingPlan, _ trainer: Trainer, _ folder: String
  ) throws {
    var mistakes: [String] = []
    func check<Value: Equatable>(_ option: Option<Value>, _ own: Value, _ text: String) {
      if arguments.has(option), arguments[option] != own { mistakes.append("--\(option.name) was \(text)") }
    }
    check(PlanOptions.batchSize, plan.batchSize, "\(plan.batchSize)")
    check(
      PlanOptions.precision, plan.precision == .bfloat16 ? .bfloat16 : .float32,
      plan.precision == .bfloat16 ? "bfloat16" : "float32")
    check(Common.exact, plan.precision ?? .exact == .exact, "not given")
    check(PlanOptions.schedule, plan.schedule, "\(plan.schedule)")
    check(PlanOptions.seed, plan.seed, "\(plan.seed)")
    check(PlanOptions.shuffle, plan.shuffles, plan.shuffles ? "on" : "off")
    let augment = Augment(flips: plan.flips, cropPadding: plan.cropPadding)
    check(PlanOptions.augment, augment, augment.description)
    check(PlanOptions.holdOut, Float(plan.heldOut), "\(Float(plan.heldOut))")
    check(PlanOptions.checkpointEvery, plan.checkpointSteps, plan.checkpointSteps.map(String.init) ?? "not given")
    check(PlanOptions.keepBest, plan.keepsBest, "not given")
    check(PlanOptions.earlyStopping, plan.patience, plan.patience.map(String.init) ?? "not given")
    check(Common.input, trainer.network.inputShape, "\(trainer.network.inputShape)")
    check(Common.backend, trainer.network.backend, trainer.network.backend.rawValue)
    mistakes += OptimizerSettings.differences(arguments, from: trainer.optimizer)
    if arguments.has(Train.from) { mistakes.append("--from is for a new training") }
    if arguments.has(Train.overwrite) { mistakes.append("--overwrite is for a new training") }
    guard mistakes.isEmpty else {
      throw UsageError(
        "the training in \(folder) goes on as it was started, only --epochs may grow: "
          + mistakes.joined(separator: "; "))
    }
  }
}
