import FoveaData
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
  /// What computes, and on how many threads: the last bits depend on it.
  var backend: BackendChoice
  var threads: Int
  /// The examples of an epoch.
  var samples: Int
  /// Of the data, to notice other data of the same size.
  var fingerprint: String?
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
  var metricsLength = 0
  var lastEpoch: TrainingEvent.Epoch?
  /// For keeping the best and stopping early.
  var bestScore: Double?
  var epochsWithoutProgress = 0
  var optimizerState: FileSeal?

  init(plan: TrainingPlan, optimizer: any Optimizer, loss: Loss, backend: BackendChoice, data: any Dataset) throws {
    (self.plan, self.optimizer, self.loss) = (plan, OptimizerRecord(optimizer), loss.name)
    (self.backend, threads) = (backend, BackendChoice.threads)
    (samples, fingerprint) = (data.count, try data.fingerprint())
  }

  /// Whether nothing is left to do.
  var isFinished: Bool { epoch >= plan.epochs || hasStoppedImproving }

  var hasStoppedImproving: Bool { plan.patience.map { epochsWithoutProgress >= $0 } ?? false }
}
