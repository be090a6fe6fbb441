import FoveaData
import FoveaNetwork
import FoveaTraining

/// The options that say how long and on what a training goes, other than its optimizer.
enum PlanOptions {
  static let epochs = Option(
    "epochs", "N", "how often every example is seen", .integer(1...1_000_000), default: 10)
  static let batchSize = Option(
    "batch-size", "N", "the examples of a step", .integer(1...1_048_576), default: 128)
  static let schedule = Option(
    "schedule", "NAME",
    "how the learning rate changes: \(listed(Schedule.names)); '+warmup' behind it lets it rise for an epoch first",
    scheduleKind, default: Schedule.cosine, "cosine")
  static let precision = Option(
    "precision", "TYPE",
    "float32, or bfloat16: products and activations of 16 bits, added in float32; parameters and statistics stay "
      + "float32", .choice,
    default: NumberType.float32)
  static let seed = Option("seed", "N", "decides weights, order, augmentation, dropout", .seed, default: 0)
  static let shuffle = Option(
    "shuffle", "on|off", "a new order of the examples in every epoch", .onOff, default: true, "on")
  static let augment = Option(
    "augment", "LIST",
    "random changes to training pictures: flips (left to right), crop:N (shifts by up to N pixels), both with a comma "
      + "between them, or none", Augment.kind,
    "crop:2 for mnist; flips for fashion-mnist and folder; flips,crop:4 for cifar10")
  static let holdOut = Option(
    "hold-out", "PART", "the part of the training examples that validates instead, from 0 to below 1",
    .number("a number from 0 to below 1") { (0..<1).contains($0) },
    "0.1 where the data has no part for testing")
  static let checkpointEvery = Option(
    "checkpoint-every", "N", "steps between checkpoints; there is one after every epoch anyway",
    .integer(1...1_000_000_000), "only after epochs")
  static let keepBest = Option("keep-best", "keeps the model of the best epoch, too, in the folder best")
  static let earlyStopping = Option(
    "early-stopping", "N", "stops after N epochs without a better validation accuracy", .integer(1...1_000_000),
    "never")

  static let options: [any OptionDeclaration] =
    [epochs, batchSize] + OptimizerSettings.options
    + [precision, Common.exact, schedule, seed, shuffle, augment, holdOut, checkpointEvery, keepBest, earlyStopping]

  private static let scheduleKind = ValueKind<Schedule>(
    expectation: listed(Schedule.names) + ", each with '+warmup' if wanted", words: Schedule.names
  ) { Schedule(named: $0) }

  /// The plan that the options describe for data of this kind.
  ///
  /// - Errors: options that contradict one another.
  static func plan(_ arguments: Arguments, for reference: DataReference, _ data: DataSource) throws -> TrainingPlan {
    var plan = TrainingPlan(epochs: arguments[epochs], batchSize: arguments[batchSize])
    plan.seed = arguments[seed]
    plan.precision = try arguments[precision].precision(isExact: arguments[Common.exact])
    NumberType.noteFallback(of: arguments[precision])
    plan.shuffles = arguments[shuffle]
    plan.schedule = arguments[schedule]
    let augment = arguments[augment] ?? Augment.usual(for: reference.kind)
    (plan.flips, plan.cropPadding) = (augment.flips, augment.cropPadding)
    // A handful of examples is too few to hold any out.
    let usualPart = data.test == nil && data.train.count >= 10 ? 0.1 : 0
    plan.heldOut = arguments[holdOut].map(Double.init) ?? usualPart
    plan.checkpointSteps = arguments[checkpointEvery]
    plan.keepsBest = arguments[keepBest]
    plan.patience = arguments[earlyStopping]
    plan.data = reference.description
    return plan
  }
}

/// The value of `--augment`.
struct Augment: Equatable, Sendable {
  var flips = false
  var cropPadding = 0

  /// As it is written on the command line.
  var description: String {
    let parts = (flips ? ["flips"] : []) + (cropPadding > 0 ? ["crop:\(cropPadding)"] : [])
    return parts.isEmpty ? "none" : parts.joined(separator: ",")
  }

  static let kind = ValueKind<Augment>(expectation: "none, flips, crop:N or flips,crop:N") { text in
    var augment = Augment()
    if text == "none" { return augment }
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      if part == "flips", !augment.flips {
        augment.flips = true
      } else if part.hasPrefix("crop:"), augment.cropPadding == 0, let pixels = Int(part.dropFirst(5)),
        (1...1024).contains(pixels)
      {
        augment.cropPadding = pixels
      } else {
        return nil
      }
    }
    return augment
  }

  /// What does not change the class: digits and clothes are small and centred, a mirrored digit is none.
  static func usual(for kind: DataReference.Kind) -> Augment {
    switch kind {
    case .mnist: Augment(cropPadding: 2)
    case .fashionMNIST, .folder: Augment(flips: true)
    case .cifar10: Augment(flips: true, cropPadding: 4)
    }
  }
}
