import FoveaCore
import FoveaNetwork

extension TrainingState {
  /// Checks that a training may go on with the data of `now`.
  ///
  /// - Errors: other data than at its start.
  func checkData(_ now: TrainingState) throws(TrainingError) {
    guard now.samples == samples else {
      throw TrainingError(
        "the data has \(counted(now.samples, "sample")), the training was started with \(samples): "
          + "give it the same data")
    }
    guard fingerprint == nil || now.fingerprint == fingerprint else {
      throw TrainingError(
        "the data has as many samples as at the training's start, but others (labels, sizes or pictures differ): "
          + "give it the same data")
    }
  }

  /// Checks that the numbers could be those of a training: a checksum only tells that they are as they were written.
  ///
  /// - Errors: the first number that could not.
  func check() throws(TrainingError) {
    func require(_ condition: Bool, _ text: @autoclosure () -> String) throws(TrainingError) {
      if !condition { throw TrainingError(text()) }
    }
    try plan.check()
    if let mistake = optimizer.optimizer.mistake { throw TrainingError(mistake) }
    try require((1...BackendChoice.mostThreads).contains(threads), "\(threads) threads")
    try require((1...1 << 40).contains(samples), "\(samples) samples")
    let stepsPerEpoch = (samples - 1) / plan.batchSize + 1
    try require((0...plan.epochs).contains(epoch), "\(epoch) of \(plan.epochs) epochs are done")
    let batches = epoch == plan.epochs ? 0 : stepsPerEpoch
    try require((0...batches).contains(batchesDone), "\(batchesDone) of \(batches) batches of the epoch are done")
    try require(step == epoch * stepsPerEpoch + batchesDone, "the step is \(step)")
    let seen = batchesDone == stepsPerEpoch ? samples : batchesDone * plan.batchSize
    try require(examples == seen, "\(examples) examples were seen in the epoch")
    try require((0...examples).contains(correct), "\(correct) of \(examples) examples are right")
    try require(lossSum.isFinite && bestScore?.isFinite ?? true, "a loss is not finite")
    try require(metricsLength >= 0, "the metrics log has \(metricsLength) bytes")
    try require((0...epoch).contains(epochsWithoutProgress), "\(epochsWithoutProgress) epochs brought no progress")
    try require(lastEpoch?.epoch ?? 0 == epoch, "the last epoch is \(lastEpoch?.epoch ?? 0), \(epoch) are done")
    try require(optimizerState != nil, "it says nothing of \(Self.optimizerStateName)")
  }
}
