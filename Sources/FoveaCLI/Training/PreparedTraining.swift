import FoveaData
import FoveaFiles
import FoveaLayers
import FoveaNetwork
import FoveaTraining

/// A training that only has to be run.
struct PreparedTraining {
  var trainer: Trainer
  let plan: TrainingPlan
  let train: any Dataset
  let validation: (any Dataset)?
  /// Where checkpoints and metrics go.
  let folder: TrainingFolder

  init(_ trainer: Trainer, _ plan: TrainingPlan, _ data: DataSource, folder: TrainingFolder) throws {
    (self.trainer, self.plan, self.folder) = (trainer, plan, folder)
    if plan.heldOut > 0 {
      let parts = data.train.holdingOut(plan.heldOut, seed: plan.seed)
      guard parts.rest.count > 0, parts.heldOut.count > 0 else {
        throw CommandError(
          "--hold-out \(plan.heldOut) of \(counted(data.train.count, "example")) leaves nothing for training or validation"
        )
      }
      (train, validation) = (parts.rest, parts.heldOut)
    } else {
      (train, validation) = (data.train, data.test)
    }
    self.trainer.output = folder.path
  }

  /// Trains to the end.
  func run() throws -> TrainingResult {
    try trainer.fitHere(train, plan: plan, validation: validation, folder: folder)
  }

  /// A new training. Everything that can be wrong without reading the data is found before it is read. A training that
  /// is to be overwritten stays as it is until `run` has found nothing wrong.
  ///
  /// - Errors: an unknown model; every shape mistake at once; another number of outputs than classes; a folder that
  ///   cannot be written to, holds somebody's own files, is in use, or holds a training already; weights of another
  ///   architecture or that are not finite; damaged data.
  init(_ arguments: Arguments, output wanted: String?) throws {
    guard let text = arguments[Train.model].first else {
      throw UsageError("MODEL is missing: \(Train.model.help)")
    }
    guard let dataText = arguments[Train.data] else { throw UsageError("--data DATA is missing: \(Train.data.help)") }
    let settings = try OptimizerSettings(arguments)
    let backend = arguments[Common.backend]
    let dataReference = try DataReference(parsing: dataText)
    let reference = try ModelReference(text, backend: backend)

    let outline = try dataReference.outline()
    let input = try Self.input(reference, wanted: arguments[Common.input], outline, dataText)
    if case .entry(let entry) = reference, let classes = entry.classes, entry.choosesClasses, classes != outline.classes
    {
      throw CommandError(
        "\(entry.name) has \(counted(classes, "output")), \(dataText) has \(counted(outline.classes, "class", "classes")): "
          + "leave classes= out, the data says how many there are")
    }
    let model = reference.model(classes: outline.classes)
    let traced = try trace(model, input: input)
    if reference.isLine, traced.outputShape.rank == 1, traced.outputShape != [outline.classes] {
      let mistake = traced.outputShape.mistake(asScoresFor: outline.classes, of: "the model line")
      throw CommandError("\(mistake!.problem): end it with 'fc \(outline.classes)'")
    }
    try traced.requireOutputs(forClasses: outline.classes)
    let output = try wanted ?? Self.unusedFolder(for: reference.name, dataReference)
    let folder = try Self.claim(
      output, overwriting: arguments[Train.overwrite], keepsBest: arguments[PlanOptions.keepBest])

    let source = try arguments[Train.from].map { try Network.weights(from: $0, for: traced, of: reference.entry) }
    let saved: Network? = if case .saved(let network) = reference { network } else { nil }
    let known = source?.preprocessing ?? saved?.preprocessing
    if let path = arguments[Train.from], known == nil {
      Console.note(
        "note: \(path) does not say what is done to a picture first: its numbers are normalised by the moments of the data; "
          + "a model file that `fovea convert` makes of it says it")
    }
    let data = try DataSource(dataReference, sampleShape: input, preprocessing: known)
    let plan = try PlanOptions.plan(arguments, for: dataReference, data)
    let preprocessing =
      try known ?? Preprocessing(measuredOn: data.train, color: Image.Color(rawValue: input.channels)!)
    let network = try Network(
      model, input: input, seed: plan.seed, classNames: data.train.classNames, preprocessing: preprocessing,
      name: reference.name, backend: backend)
    if let parameters = source?.parameters ?? saved?.parameters { network.parameters = parameters }
    try self.init(Trainer(network, optimizer: settings.make()), plan, data, folder: folder)
  }

  /// The input of the model: what the model or the user insists on, otherwise the size of the samples.
  private static func input(
    _ model: ModelReference, wanted: Shape?, _ data: DataReference.Outline, _ dataText: String
  ) throws -> Shape {
    let insisted = try wanted != nil || model.hasFixedInput ? model.input(wanted) : nil
    let input = insisted ?? data.sampleShape ?? model.input ?? [224, 224, 3]
    guard model.elementType == .float32 else {
      throw CommandError(
        "\(model.name) takes \(input) of \(model.elementType), not pictures: train it from Swift, with an IntegerDataset"
      )
    }
    guard Image.Color(rawValue: input.channels) != nil, input.rank == 3 else {
      throw CommandError("\(model.name) takes \(input); pictures have 1 or 3 channels")
    }
    if let samples = data.sampleShape, samples.dimensions.prefix(2) != input.dimensions.prefix(2) {
      throw CommandError(
        "the examples of \(dataText) are \(samples), the input of '\(model.name)' is \(input): "
          + (wanted == nil ? "use data or a model of the other's size" : "use --input \(samples) or leave it out"))
    }
    return input
  }

  /// `runs/MODEL-DATA`, with the first free number behind it if that is taken.
  private static func unusedFolder(for model: String, _ data: DataReference) throws -> String {
    let isWord = model.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
    let base = "runs/\(isWord ? model : "model")-\(data.kind.rawValue)"
    if FileStatus(base) == nil { return base }
    return (2...).lazy.map { "\(base)-\($0)" }.first { FileStatus($0) == nil }!
  }

  /// Makes and locks the folder before hours of work could be for nothing. It is only looked at, nothing is removed.
  private static func claim(_ output: String, overwriting: Bool, keepsBest: Bool) throws -> TrainingFolder {
    do {
      let folder = try TrainingFolder(output)
      if folder.holdsTraining, !overwriting {
        throw CommandError(
          "\(output) holds a training already: go on with it by --resume \(output), choose another folder by --output, "
            + "or replace it by --overwrite")
      }
      try folder.check(keepsBest: keepsBest)
      return folder
    } catch let error as FileError {
      throw CommandError("\(error); choose another folder with --output")
    }
  }
}
