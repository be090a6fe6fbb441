import FoveaCompiler
import FoveaCore
import FoveaData
import FoveaLayers
import FoveaNetwork
internal import Foundation

/// One training from its start, or from a checkpoint, to its end. Used by one thread.
final class TrainingRun {
  private let network: Network
  private let data: any Dataset
  private let validation: (any Dataset)?
  private let folder: String?
  private let program: TrainingProgram
  private let evaluator: Evaluator?
  private let log: MetricsLog?
  private let report: (TrainingEvent) -> Void
  private(set) var state: TrainingState
  private let stepsPerEpoch: Int

  init(
    _ network: Network, loss: Loss, optimizer: any Optimizer, state: TrainingState, optimizerState: [String: Tensor],
    data: any Dataset, validation: (any Dataset)?, folder: String?, report: @escaping (TrainingEvent) -> Void
  ) throws {
    let plan = state.plan
    try plan.check()
    guard data.count > 0 else { throw TrainingError("the data set has no samples") }
    try network.check(data)
    if let validation { try network.check(validation) }
    (self.network, self.data, self.validation) = (network, data, validation)
    (self.folder, self.state, self.report) = (folder, state, report)
    stepsPerEpoch = (data.count + plan.batchSize - 1) / plan.batchSize

    evaluator = try validation.map {
      try Evaluator(network, loss: loss, count: $0.count, batchSize: plan.batchSize)
    }
    let sizes = Set([min(plan.batchSize, data.count), data.count % plan.batchSize]).subtracting([0])
    program = try TrainingProgram(
      network, loss: loss, optimizer: optimizer, batchSizes: sizes, seed: plan.seed,
      otherWorkingBytes: evaluator?.workingBytes ?? 0)
    try program.restore(optimizerState)
    try evaluator?.bind(to: program.storage, arena: program.arena)
    if let folder {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      log = try MetricsLog(folder + "/" + MetricsLog.fileName, keeping: state.metricsLength)
    } else {
      log = nil
    }
  }

  /// Trains until the last epoch is done, or until `shouldStop` says so after a step; then everything is saved.
  ///
  /// - Errors: a loss that is not finite; samples that cannot be read; what keeps a checkpoint from being written.
  func run(shouldStop: () -> Bool) throws -> TrainingResult {
    var last: TrainingEvent.Epoch?
    let plan = state.plan
    guard state.epoch < plan.epochs else { return TrainingResult(lastEpoch: nil, end: .finished, steps: state.step) }
    let loader = try BatchLoader(
      data, batchSize: plan.batchSize, shuffles: plan.shuffles, seed: plan.seed, epochs: state.epoch..<plan.epochs,
      firstBatch: state.batchesDone, preprocessing: try network.preprocessing ?? Preprocessing(color: .gray),
      augmentations: plan.augmentations)
    defer { loader.cancel() }
    var clock = EpochClock()
    while let batch = try loader.next() {
      try step(batch)
      clock.countStep(examples: batch.count)
      var isDone = false
      if batch.isLastOfEpoch {
        last = try endEpoch(&clock, shouldStop: shouldStop)
        isDone = last != nil && hasStoppedImproving
        if last == nil { return try interrupted(nil) }
      } else if let steps = plan.checkpointSteps, state.step % steps == 0 {
        try save()
      }
      if isDone { return try finish(last, .stoppedEarly) }
      if shouldStop() { return try interrupted(last) }
    }
    return try finish(last, .finished)
  }

  private func interrupted(_ last: TrainingEvent.Epoch?) throws -> TrainingResult {
    try save()
    return try finish(last, .interrupted)
  }

  private func finish(_ last: TrainingEvent.Epoch?, _ end: TrainingResult.End) throws -> TrainingResult {
    program.store(into: network)
    return TrainingResult(lastEpoch: last, end: end, steps: state.step)
  }

  private func step(_ batch: Batch) throws {
    let factor = state.plan.schedule.factor(
      step: state.step, stepsPerEpoch: stepsPerEpoch, epochs: state.plan.epochs)
    let rate = Float(Double(state.optimizer.optimizer.learningRate) * factor)
    let result = try program.step(
      images: batch.images, labels: batch.labels, learningRate: rate, number: state.step + 1)
    guard result.loss.isFinite else { throw notFinite("the loss is \(result.loss)", step: state.step + 1) }
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

  /// Validates, reports, saves. `nil` if it was asked to stop while validating: then the epoch's end comes again.
  private func endEpoch(_ clock: inout EpochClock, shouldStop: () -> Bool) throws -> TrainingEvent.Epoch? {
    clock.endTraining()
    var result: Evaluation?
    if let validation, let evaluator {
      result = try evaluator.evaluate(validation, shouldStop: shouldStop)
      if result == nil { return nil }
    }
    let examples = Double(max(state.examples, 1))
    let event = TrainingEvent.Epoch(
      epoch: state.epoch + 1, loss: state.lossSum / examples, top1: Double(state.correct) / examples,
      validationLoss: result?.loss, validationTop1: result?.top1, imagesPerSecond: clock.imagesPerSecond,
      seconds: clock.seconds)
    try emit(.epoch(event))
    let isBest = noteProgress(event)
    state.epoch += 1
    (state.batchesDone, state.lossSum, state.correct, state.examples) = (0, 0, 0, 0)
    try save(isBest: isBest)
    clock = EpochClock()
    return event
  }

  /// - Returns: whether the epoch is the best so far.
  private func noteProgress(_ event: TrainingEvent.Epoch) -> Bool {
    let score = event.validationTop1 ?? -event.loss
    let isBest = state.bestScore.map { score > $0 } ?? true
    if isBest { state.bestScore = score }
    state.epochsWithoutProgress = isBest ? 0 : state.epochsWithoutProgress + 1
    return isBest
  }

  private var hasStoppedImproving: Bool {
    state.plan.patience.map { state.epochsWithoutProgress >= $0 } ?? false
  }

  private func emit(_ event: TrainingEvent) throws {
    try log?.append(event)
    report(event)
  }

  private func save(isBest: Bool = false) throws {
    guard let folder else { return }
    program.store(into: network)
    if let path = network.parameters.first(where: { !$0.value.isFinite })?.key {
      throw notFinite("\(path) holds a number that is not finite", step: state.step)
    }
    state.metricsLength = log?.length ?? 0
    try Checkpoint.write(network, state, optimizerState: program.optimizerState, to: folder + "/checkpoint")
    if isBest, state.plan.keepsBest { try network.save(to: folder + "/best") }
  }

  private func notFinite(_ what: String, step: Int) -> TrainingError {
    let kept = folder.map {
      FileManager.default.fileExists(atPath: $0 + "/checkpoint") ? "; \($0)/checkpoint holds the last good state" : ""
    }
    return TrainingError(
      "step \(step): \(what)\(kept ?? ""): use a smaller learning rate, or look for bad values in the data")
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

extension TrainingPlan {
  fileprivate var augmentations: [any Augmentation] {
    (cropPadding > 0 ? [RandomCrop(padding: cropPadding)] : []) + (flips ? [HorizontalFlip()] : [])
  }
}

extension TrainingProgram {
  /// The optimizer's tensors as they are now.
  var optimizerState: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: optimizerPaths.map { ($0, storage.tensor($0)!) })
  }

  /// - Errors: tensors of another optimizer or architecture. Nothing at all leaves the zeros of the start.
  func restore(_ tensors: [String: Tensor]) throws {
    guard !tensors.isEmpty else { return }
    for path in optimizerPaths {
      guard let tensor = tensors[path], tensor.shape == storage.tensor(path)?.shape else {
        throw TrainingError(
          "the checkpoint's optimizer state has no fitting \(path): it belongs to another optimizer or model")
      }
      storage.set(path, to: tensor)
    }
  }
}

extension Tensor {
  fileprivate var isFinite: Bool {
    withUnsafeBytes { $0.bindMemory(to: Float.self).allSatisfy(\.isFinite) }
  }
}
