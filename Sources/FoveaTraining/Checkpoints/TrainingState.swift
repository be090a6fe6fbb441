import FoveaNetwork

/// Where a training stands, so that it can go on as if it had never stopped.
struct TrainingState: Codable, Sendable {
  static let newestVersion = 1
  static let fileName = "training.json"
  static let optimizerStateName = "optimizer.safetensors"

  var formatVersion = newestVersion
  var plan: TrainingPlan
  /// The optimizer's settings as JSON, in its own format.
  var optimizer: OptimizerRecord
  var loss: String
  /// The epoch that is running, from 0, and how many of its batches are done.
  var epoch = 0
  var batchesDone = 0
  /// The steps done.
  var step = 0
  /// Over the examples of the running epoch so far.
  var lossSum = 0.0
  var correct = 0
  var examples = 0
  /// How much of the metrics log belongs to what is done.
  var metricsLength: UInt64 = 0
  /// For keeping the best and stopping early.
  var bestScore: Double?
  var epochsWithoutProgress = 0
  var optimizerState: FileSeal?
}

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
  /// What the data was called, for a resume.
  public var data: String?

  public init(epochs: Int, batchSize: Int) { (self.epochs, self.batchSize) = (epochs, batchSize) }

  func check() throws {
    if epochs < 1 { throw TrainingError("\(epochs) epochs: use 1 or more") }
    if batchSize < 1 { throw TrainingError("a batch size of \(batchSize): use 1 or more") }
    if batchSize > 1 << 20 { throw TrainingError("a batch size of \(batchSize): use 1048576 or less") }
    if let checkpointSteps, checkpointSteps < 1 {
      throw TrainingError("a checkpoint every \(checkpointSteps) steps: use 1 or more")
    }
    if let patience, patience < 1 { throw TrainingError("a patience of \(patience) epochs: use 1 or more") }
    if cropPadding < 0 { throw TrainingError("a crop padding of \(cropPadding) pixels: use 0 or more") }
  }
}
