public import FoveaCompiler
import FoveaData

/// What a user chose for a training; a resumed one goes on with the same.
public struct TrainingPlan: Hashable, Sendable, Codable {
  public var epochs: Int
  public var batchSize: Int
  public var seed: UInt64 = 0
  public var shuffles = true
  public var schedule = Schedule.constant
  /// Mirror images at random; shift by up to so many pixels at random.
  public var flips = false
  public var cropPadding = 0
  /// Steps between checkpoints within an epoch; there is one after every epoch.
  public var checkpointSteps: Int?
  /// Keep the network of the best epoch beside the last.
  public var keepsBest = false
  /// Stop after so many epochs without a better validation accuracy (without validation: training loss).
  public var patience: Int?
  /// The part of the training data that is kept for validation, where the data has no such part; 0..<1.
  public var heldOut = 0.0
  /// Of the steps; validation is exact. `nil`, in trainings of before there was a choice: `.exact`.
  public var precision: Precision? = .float32
  /// What the data was called, for a resume.
  public var data: String?

  public init(epochs: Int, batchSize: Int) { (self.epochs, self.batchSize) = (epochs, batchSize) }

  /// - Errors: a number out of range.
  func check() throws(TrainingError) {
    if epochs < 1 { throw TrainingError("\(epochs) epochs: use 1 or more") }
    if epochs > 1_000_000 { throw TrainingError("\(epochs) epochs: use 1000000 or less") }
    if batchSize < 1 { throw TrainingError("a batch size of \(batchSize): use 1 or more") }
    if batchSize > 1 << 20 { throw TrainingError("a batch size of \(batchSize): use 1048576 or less") }
    if let checkpointSteps, checkpointSteps < 1 {
      throw TrainingError("a checkpoint every \(checkpointSteps) steps: use 1 or more")
    }
    if let patience, patience < 1 { throw TrainingError("a patience of \(patience) epochs: use 1 or more") }
    if !(0..<1).contains(heldOut) { throw TrainingError("\(heldOut) of the data held out: use 0 or more, below 1") }
    if !(0...1024).contains(cropPadding) {
      throw TrainingError("a crop padding of \(cropPadding) pixels: use 0 or more, 1024 or less")
    }
    if let mistake = schedule.mistake { throw TrainingError(mistake) }
  }

  /// - Errors: another plan than that of the training that is resumed, apart from more epochs and where the data is.
  func check(asContinuationOf old: TrainingPlan, epochsDone: Int) throws(TrainingError) {
    if epochs < epochsDone {
      throw TrainingError(
        "\(epochs) epochs: \(epochsDone) \(epochsDone == 1 ? "is" : "are") done already; ask for more")
    }
    var same = old
    (same.epochs, same.data) = (epochs, data)
    guard same == self else {
      throw TrainingError("a resumed training goes on as it was planned: only the number of epochs may change")
    }
  }

  var augmentations: [any Augmentation] {
    (cropPadding > 0 ? [RandomCrop(padding: cropPadding)] : []) + (flips ? [HorizontalFlip()] : [])
  }
}
