import FoveaCore
public import FoveaLayers
public import FoveaData
public import FoveaNetwork

/// How a training ended.
public struct TrainingResult: Sendable {
  public enum End: Sendable {
    case finished, stoppedEarly, interrupted
    /// The training that was resumed had ended before.
    case nothingLeft
  }

  /// The last epoch that was completed, before a resume or after.
  public let lastEpoch: TrainingEvent.Epoch?
  public let end: End
  /// The steps of the whole training, those before a resume included.
  public let steps: Int
}

/// Trains a network on a data set.
///
/// ```swift
/// var trainer = Trainer(network, loss: .crossEntropy, optimizer: Adam(learningRate: 1e-3))
/// try await trainer.fit(data.train, epochs: 5, batchSize: 128, validation: data.test)
/// ```
///
/// The same network, data, plan and seed on the same machine with the same number of threads give the same bits.
public struct Trainer: Sendable {
  public let network: Network
  public let loss: Loss
  public let optimizer: any Optimizer
  /// Where checkpoints and the metrics log go; nowhere by default. A training that is there already, other than the one
  /// that is resumed, is replaced when the first batch has been read.
  public var output: String?
  /// Called after every step and epoch, on the thread that trains.
  public var onEvent: (@Sendable (TrainingEvent) -> Void)?
  /// Asked after every step; when it says so, the training saves and ends.
  public var shouldStop: (@Sendable () -> Bool)?

  /// The most memory that the process may have in RAM at once, in bytes; what it has when the training starts counts.
  /// Results are computed again instead of kept as far as that takes; the bits are the same.
  public var memoryLimit: Int?

  /// Called with what is worth knowing and stops nothing, such as a metrics log that had lost its end.
  public var onNote: (@Sendable (String) -> Void)?

  private var resumed: (state: TrainingState, optimizerState: [String: Tensor], output: String?)?

  public init(_ network: Network, loss: Loss = .crossEntropy, optimizer: any Optimizer) {
    (self.network, self.loss, self.optimizer) = (network, loss, optimizer)
  }

  /// The training whose output folder is `path`, as it was at its last checkpoint. It goes on writing there, except
  /// where `path` is a checkpoint that lies by itself.
  ///
  /// - Parameters:
  ///   - path: of the training's output folder, or of a checkpoint.
  ///   - loss: that of the training.
  /// - Errors: no training there; files that are damaged, or hold numbers that no training has; a model that is not in
  ///   the catalogue; another loss.
  public init(resuming path: String, loss: Loss = .crossEntropy) throws {
    try self.init(resuming: path, loss) { try Network(contentsOf: path, backend: $0) }
  }

  /// The training of `model` whose output folder is `path`, for models that are not in the catalogue.
  ///
  /// - Parameters:
  ///   - path: of the training's output folder, or of a checkpoint.
  ///   - model: the layers.
  ///   - loss: that of the training.
  /// - Errors: no training there; files that are damaged; weights of another architecture; another loss.
  public init(resuming path: String, model: some Layer, loss: Loss = .crossEntropy) throws {
    try self.init(resuming: path, loss) { try Network(model, contentsOf: path, backend: $0) }
  }

  private init(resuming path: String, _ loss: Loss, _ load: (BackendChoice) throws -> Network) throws {
    let checkpoint = try Checkpoint.read(path)
    network = try load(checkpoint.state.backend)
    guard checkpoint.state.loss == loss.name else {
      throw TrainingError(
        "\(path): the training's loss was \(checkpoint.state.loss), not \(loss.name); resume it with that one")
    }
    self.loss = loss
    optimizer = checkpoint.state.optimizer.optimizer
    output = TrainingFolder.path(around: path)
    resumed = (checkpoint.state, checkpoint.optimizerState, output)
  }

  /// The plan of the training that is resumed.
  public var resumedPlan: TrainingPlan? { resumed?.state.plan }

  /// How many threads computed when the training that is resumed was started; as many give the same bits.
  public var resumedThreads: Int? { resumed?.state.threads }

  /// The epochs that are done in the training that is resumed.
  public var resumedEpochs: Int { resumed?.state.epoch ?? 0 }

  /// Whether the training that is resumed had ended because nothing improved: no epochs are left to ask for.
  public var resumedHasStoppedImproving: Bool { resumed?.state.hasStoppedImproving ?? false }

  /// Trains for so many epochs.
  ///
  /// - Parameters:
  ///   - data: what is trained on.
  ///   - epochs: how often each sample is seen.
  ///   - batchSize: how many examples are computed at a time.
  ///   - validation: what is measured after every epoch.
  ///   - seed: decides the order of examples, dropout and augmentation.
  /// - Errors: those of `fit(_:plan:validation:)`.
  @discardableResult
  public func fit(
    _ data: any Dataset, epochs: Int, batchSize: Int, validation: (any Dataset)? = nil, seed: UInt64 = 0
  ) async throws -> TrainingResult {
    var plan = TrainingPlan(epochs: epochs, batchSize: batchSize)
    plan.seed = seed
    return try await fit(data, plan: plan, validation: validation)
  }

  /// Trains as `plan` says, or goes on with what is resumed: then the plan may only ask for more epochs.
  ///
  /// - Errors: numbers out of range; another plan or other data than those of the training that is resumed; data that
  ///   does not fit the network; more memory than the machine has; an output folder that cannot be written to, holds
  ///   somebody's own files, or is in use by another training; a sample that cannot be read; a loss that is not finite.
  @discardableResult
  public func fit(
    _ data: any Dataset, plan: TrainingPlan, validation: (any Dataset)? = nil
  ) async throws -> TrainingResult {
    // Training is hours of work on one thread: it must not occupy one of those that run async code.
    try await withCheckedThrowingContinuation { continuation in
      startThread {
        continuation.resume(with: Result { try fitHere(data, plan: plan, validation: validation) })
      }
    }
  }

  /// Trains on this thread.
  ///
  /// - Parameter folder: `output`, where the caller has locked it already.
  package func fitHere(
    _ data: any Dataset, plan: TrainingPlan, validation: (any Dataset)? = nil, folder: TrainingFolder? = nil
  ) throws -> TrainingResult {
    var plan = plan
    // Trainings of before there was a choice compute by the definition, and go on so.
    if let old = resumed?.state.plan, old.precision == nil, plan.precision == .float32 { plan.precision = nil }
    try plan.check()
    if let mistake = optimizer.mistake { throw TrainingError(mistake) }
    if let old = resumed?.state { try plan.check(asContinuationOf: old.plan, epochsDone: old.epoch) }
    try network.check(data)
    if let validation { try network.check(validation) }
    let now = try TrainingState(plan: plan, optimizer: optimizer, loss: loss, backend: network.backend, data: data)
    var state = resumed?.state ?? now
    try state.checkData(now)
    state.plan = plan

    let folder = try folder ?? output.map { try TrainingFolder($0) }
    try folder?.check(keepsBest: plan.keepsBest)
    let isNew = resumed == nil || folder?.isSame(as: resumed?.output) == false
    if isNew { state.metricsLength = 0 }
    let run = try TrainingRun(
      network, loss: loss, optimizer: optimizer, state: state, optimizerState: resumed?.optimizerState ?? [:],
      data: data, validation: validation, folder: folder, replacesFolder: isNew, memoryLimit: memoryLimit)
    if network.classNames.isEmpty { network.classNames = data.classNames }
    (run.report, run.note) = ({ onEvent?($0) }, { onNote?($0) })
    return try run.run(shouldStop: { shouldStop?() ?? false })
  }
}
