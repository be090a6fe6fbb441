import FoveaCompiler
import FoveaCore
import FoveaData
import FoveaFiles
import FoveaLayers
import FoveaNetwork

/// One training from its start, or from a checkpoint, to its end. Used by one thread.
final class TrainingRun {
  private let network: Network
  private let data: any Dataset
  private let validation: (any Dataset)?
  private let folder: TrainingFolder?
  /// Whether another training that is in the folder makes room for this one.
  private let replacesFolder: Bool
  private let program: TrainingProgram
  private let evaluator: Evaluator?
  private var log: MetricsLog?
  var report: (TrainingEvent) -> Void = { _ in }
  var note: (String) -> Void = { _ in }
  private(set) var state: TrainingState
  private let stepsPerEpoch: Int

  init(
    _ network: Network, loss: Loss, optimizer: any Optimizer, state: TrainingState, optimizerState: [String: Tensor],
    data: any Dataset, validation: (any Dataset)?, folder: TrainingFolder?, replacesFolder: Bool,
    memoryLimit: Int?
  ) throws {
    let plan = state.plan
    guard data.count > 0 else { throw TrainingError("the data set has no samples") }
    (self.network, self.data, self.validation) = (network, data, validation)
    (self.folder, self.state, self.replacesFolder) = (folder, state, replacesFolder)
    stepsPerEpoch = (data.count - 1) / plan.batchSize + 1

    evaluator = try validation.map {
      try Evaluator(network, loss: loss, count: $0.count, batchSize: plan.batchSize)
    }
    let sizes = Set([min(plan.batchSize, data.count), data.count % plan.batchSize]).subtracting([0])
    program = try TrainingProgram(
      network, loss: loss, optimizer: optimizer, batchSizes: sizes, seed: plan.seed,
      precision: plan.precision ?? .exact, otherWorkingBytes: evaluator?.workingBytes ?? 0,
      memoryLimit: memoryLimit)
    try program.restore(optimizerState)
    try evaluator?.bind(to: program.storage, arena: program.arena)
  }

  /// Trains until the last epoch is done, or until `shouldStop` says so after a step; then everything is saved.
  ///
  /// - Errors: a loss that is not finite; samples that cannot be read; what keeps a checkpoint from being written.
  func run(shouldStop: () -> Bool) throws -> TrainingResult {
    if state.isFinished { return result(.nothingLeft) }
    let plan = state.plan
    let loader = try BatchLoader(
      data, batchSize: plan.batchSize, shuffles: plan.shuffles, seed: plan.seed, epochs: state.epoch..<plan.epochs,
      firstBatch: state.batchesDone, preprocessing: try network.preprocessing ?? Preprocessing(color: .gray),
      augmentations: plan.augmentations)
    defer { loader.cancel() }
    // What was there before is replaced when nothing can be wrong any more with plan, memory and data, as far as one
    // batch tells.
    var first = try loader.next()
    try openFolder()
    var clock = EpochClock()
    // A training that was stopped while it validated goes on there.
    if state.batchesDone == stepsPerEpoch, let end = try endEpoch(&clock, shouldStop: shouldStop) {
      return result(end)
    }
    while let batch = try first.take() ?? loader.next() {
      try step(batch)
      clock.countStep(examples: batch.count)
      if batch.isLastOfEpoch {
        if let end = try endEpoch(&clock, shouldStop: shouldStop) { return result(end) }
      } else if shouldStop() {
        try save()
        return result(.interrupted)
      } else if let steps = plan.checkpointSteps, state.step % steps == 0 {
        try save()
      }
    }
    preconditionFailure("the last batch ends the last epoch, and that the training")
  }

  /// Makes the folder this training's own.
  private func openFolder() throws {
    guard let folder else { return }
    if replacesFolder {
      // So that there is something to resume from the first moment, and at every moment the old training or the new.
      try save()
      folder.removeBest()
    }
    let log = try MetricsLog(folder.metrics, keeping: state.metricsLength)
    if log.isShortened {
      note(
        "\(folder.metrics): its end was lost since the checkpoint was made; it goes on after its last whole line, "
          + "\(counted(log.length, "byte")) of \(state.metricsLength)")
    }
    self.log = log
  }

  private func result(_ end: TrainingResult.End) -> TrainingResult {
    TrainingResult(lastEpoch: state.lastEpoch, end: end, steps: state.step)
  }

  private func step(_ batch: Batch) throws {
    let factor = state.plan.schedule.factor(
      step: state.step, stepsPerEpoch: stepsPerEpoch, epochs: state.plan.epochs)
    let rate = Float(Double(state.optimizer.optimizer.learningRate) * factor)
    let result = try program.step(
      images: batch.images, labels: batch.labels, learningRate: rate, number: state.step + 1)
    guard result.loss.isFinite else { throw notFinite("the loss", Double(result.loss), step: state.step + 1) }
    state.step += 1
    state.batchesDone += 1
    state.lossSum += Double(result.loss) * Double(batch.count)
    state.correct += result.correct
    state.examples += batch.count
    try emit(
      .step(
        .init(
          epoch: state.epoch + 1, step: state.step, loss: Double(result.loss), learningRate: Double(rate))))
  }

  /// Validates, reports, saves.
  ///
  /// - Returns: how the training ended, if it did. One that is stopped while validating ends the epoch when it is
  ///   resumed.
  private func endEpoch(_ clock: inout EpochClock, shouldStop: () -> Bool) throws -> TrainingResult.End? {
    clock.endTraining()
    var validated: Evaluation?
    if let validation, let evaluator {
      validated = try evaluator.evaluate(validation, shouldStop: shouldStop)
      guard let loss = validated?.loss else {
        try save()
        return .interrupted
      }
      guard loss.isFinite else { throw notFinite("the validation loss", loss, step: state.step) }
    }
    let examples = Double(max(state.examples, 1))
    let event = TrainingEvent.Epoch(
      epoch: state.epoch + 1, loss: state.lossSum / examples, top1: Double(state.correct) / examples,
      validationLoss: validated?.loss, validationTop1: validated?.top1, imagesPerSecond: clock.imagesPerSecond,
      seconds: clock.seconds)
    try emit(.epoch(event))
    let isBest = noteProgress(event)
    state.epoch += 1
    state.lastEpoch = event
    (state.batchesDone, state.lossSum, state.correct, state.examples) = (0, 0, 0, 0)
    try save(isBest: isBest)
    clock = EpochClock()
    if state.hasStoppedImproving { return .stoppedEarly }
    if state.epoch >= state.plan.epochs { return .finished }
    return shouldStop() ? .interrupted : nil
  }

  /// - Returns: whether the epoch is the best so far.
  private func noteProgress(_ event: TrainingEvent.Epoch) -> Bool {
    let score = event.validationTop1 ?? -event.loss
    let isBest = state.bestScore.map { score > $0 } ?? true
    if isBest { state.bestScore = score }
    state.epochsWithoutProgress = isBest ? 0 : state.epochsWithoutProgress + 1
    return isBest
  }

  private func emit(_ event: TrainingEvent) throws {
    try log?.append(event)
    report(event)
  }

  private func save(isBest: Bool = false) throws {
    guard let folder else { return }
    for (path, tensor) in network.parameterViews {
      if let mistake = tensor.notFinite {
        throw notFinite("a number of \(path)", Double(mistake.value), step: state.step)
      }
    }
    // The best one first: killed in between, the training comes to this point again.
    if isBest, state.plan.keepsBest { try network.save(to: folder.best) }
    state.metricsLength = log?.length ?? 0
    try Checkpoint.write(network, state, optimizerState: program.optimizerState, to: folder.checkpoint)
  }

  private func notFinite(_ what: String, _ number: Double, step: Int) -> TrainingError {
    let kept = folder.map { $0.holdsTraining ? "; \($0.checkpoint) holds the last good state" : "" } ?? ""
    return TrainingError(
      "step \(step): \(what) is \(number.isNaN ? "not a number" : "infinite"); "
        + "use a smaller learning rate, or look for bad values in the data\(kept)")
  }
}

/// The time of an epoch.
private struct EpochClock {
  private let start = ContinuousClock.now
  private var training: Duration = .zero
  private var examples = 0

  mutating func countStep(examples: Int) { self.examples += examples }

  mutating func endTraining() { training = ContinuousClock.now - start }

  var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }
  var imagesPerSecond: Double { Double(examples) / max(training / .seconds(1), 1e-9) }
}

extension TrainingProgram {
  /// The optimizer's tensors where they lie: the next step writes to them.
  var optimizerState: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: optimizerPaths.map { ($0, storage.view(of: $0)!) })
  }

  /// - Errors: tensors of another optimizer or architecture. Nothing at all leaves the zeros of the start.
  func restore(_ tensors: [String: Tensor]) throws {
    guard !tensors.isEmpty else { return }
    for path in optimizerPaths {
      guard let tensor = tensors[path], tensor.shape == storage.view(of: path)?.shape else {
        throw TrainingError(
          "the checkpoint's optimizer state has no fitting \(path): it belongs to another optimizer or model")
      }
      storage.set(path, to: tensor)
    }
  }
}
