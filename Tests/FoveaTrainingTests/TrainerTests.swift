import FoveaCore
import FoveaData
import FoveaLayers
import FoveaNetwork
import FoveaTestSupport
import FoveaTraining
import Foundation
import Synchronization
import Testing

/// A model that is in no catalogue, with everything that a checkpoint has to remember.
private struct OwnModel: Model {
  var body: Sequential {
    Conv2D(filters: 8, kernel: 3, padding: .same, bias: false)
    BatchNorm()
    ReLU()
    MaxPool2D(2)
    Flatten()
    Dropout(0.2)
    Dense(10)
  }
}

private let shape: Shape = [12, 12, 1]

private func network() throws -> Network { try Network(OwnModel(), input: shape, seed: 4) }

private func plan(epochs: Int) -> TrainingPlan {
  var plan = TrainingPlan(epochs: epochs, batchSize: 16)
  (plan.seed, plan.checkpointSteps, plan.cropPadding, plan.flips) = (9, 3, 1, true)
  return plan
}

/// The events of a training, which may come from its own thread.
private final class Events: Sendable {
  private let all = Mutex<[TrainingEvent]>([])
  func append(_ event: TrainingEvent) { all.withLock { $0.append(event) } }
  var steps: [TrainingEvent.Step] {
    all.withLock { $0.compactMap { if case .step(let step) = $0 { step } else { nil } } }
  }
  var epochs: [TrainingEvent.Epoch] {
    all.withLock { $0.compactMap { if case .epoch(let epoch) = $0 { epoch } else { nil } } }
  }
}

@Test(arguments: [1, 7, 13, 20])
func `a model of one's own goes on where it stopped, with the same bits`(stop: Int) async throws {
  let (data, folder) = (try pictureClasses(100, shape: shape), TemporaryFolder())
  let whole = try network()
  try await Trainer(whole, optimizer: Adam()).fit(data, plan: plan(epochs: 3))

  let events = Events()
  var trainer = Trainer(try network(), optimizer: Adam())
  trainer.output = folder.path("out")
  trainer.onEvent = { events.append($0) }
  trainer.shouldStop = { events.steps.count == stop }
  let stopped = try await trainer.fit(data, plan: plan(epochs: 3))
  #expect(stopped.end == .interrupted && stopped.steps == stop)

  let resumed = try Trainer(resuming: folder.path("out"), model: OwnModel())
  let result = try await resumed.fit(data, plan: plan(epochs: 3))
  #expect(result.end == .finished && result.steps == 3 * 7)
  #expect(resumed.network.parameters == whole.parameters)
}

/// With a convolution that is heavy enough for Winograd's algorithm.
private struct Wide: Model {
  var body: Sequential {
    Conv2D(filters: 16, kernel: 3, padding: .same, activation: .relu)
    Conv2D(filters: 32, kernel: 3, padding: .same, activation: .relu)
    Flatten()
    Dense(10)
  }
}

@Test func `a training of before there was a choice of precision goes on by the definition`() async throws {
  let (data, folder) = (try pictureClasses(64, shape: shape), TemporaryFolder())
  func trained(_ plan: TrainingPlan, stop: Int = .max) async throws -> [String: Tensor] {
    let events = Events()
    var trainer = Trainer(try Network(Wide(), input: shape, seed: 4), optimizer: Adam())
    if stop < .max { trainer.output = folder.path("out") }
    trainer.onEvent = { events.append($0) }
    trainer.shouldStop = { events.steps.count == stop }
    try await trainer.fit(data, plan: plan)
    return trainer.network.parameters
  }
  let new = plan(epochs: 2)
  var old = new
  old.precision = nil
  let exact = try await trained(old)
  #expect(try await trained(new) != exact)
  _ = try await trained(old, stop: 5)
  let resumed = try Trainer(resuming: folder.path("out"), model: Wide())
  #expect(resumed.resumedPlan?.precision == nil)
  try await resumed.fit(data, plan: new)
  #expect(resumed.network.parameters == exact)
}

@Test func `another model than the checkpoint's is refused by name of its parameters`() async throws {
  struct Other: Model { var body: Sequential { Flatten(); Dense(10) } }
  let (data, folder) = (try pictureClasses(20, shape: shape), TemporaryFolder())
  var trainer = Trainer(try network(), optimizer: SGD(learningRate: 0.1))
  trainer.output = folder.path("out")
  try await trainer.fit(data, epochs: 1, batchSize: 10)
  #expect {
    try Trainer(resuming: folder.path("out"), model: Other())
  } throws: {
    "\($0)".contains("the weights are those of another architecture: dense_1.weights is 288×10, the model's is 144×10")
  }
  #expect { try Trainer(resuming: folder.path("out")) } throws: {
    "\($0)".contains("'OwnModel' is not in the catalogue")
  }
}

@Test func `early stopping waits for so many epochs, and the best epoch is kept`() async throws {
  let (data, folder) = (try pictureClasses(60, shape: shape), TemporaryFolder())
  let validation = try pictureClasses(40, shape: shape, seed: 2)
  var plan = TrainingPlan(epochs: 50, batchSize: 20)
  (plan.patience, plan.keepsBest) = (3, true)
  let events = Events()
  var trainer = Trainer(try network(), optimizer: Adam(learningRate: 3e-3))
  trainer.output = folder.path("out")
  trainer.onEvent = { events.append($0) }
  let result = try await trainer.fit(data, plan: plan, validation: validation)

  let scores = try events.epochs.map { try #require($0.validationTop1) }
  let best = try #require(scores.max())
  // The last three epochs brought nothing, and it did not wait for a fourth.
  #expect(result.end == .stoppedEarly && scores.count < 50)
  #expect(scores.firstIndex(of: best) == scores.count - 4)
  let kept = try Network(OwnModel(), contentsOf: folder.path("out/best"))
  #expect(try kept.evaluate(validation).top1 == best)
}

@Test func `a loss that is not finite ends the training before it is saved`() async throws {
  let (data, folder) = (try pictureClasses(64, shape: shape), TemporaryFolder())
  let network = try network()
  var trainer = Trainer(network, optimizer: SGD(learningRate: 1e20))
  trainer.output = folder.path("out")
  let error = try await #require(throws: TrainingError.self) {
    try await trainer.fit(data, epochs: 3, batchSize: 16)
  }
  #expect(error.description.contains(/^step [23]: .* is (not a number|infinite); use a smaller learning rate/))
  #expect(error.description.contains("holds the last good state"))
  let saved = try Network(OwnModel(), contentsOf: folder.path("out"))
  #expect(saved.parameters.values.allSatisfy { $0.array().allSatisfy(\.isFinite) })
}

@Test func `data that does not fit is refused before anything is written`() async throws {
  let folder = TemporaryFolder()
  func refusal(_ data: any Dataset, _ plan: TrainingPlan) async -> String {
    do {
      var trainer = Trainer(try network(), optimizer: Adam())
      trainer.output = folder.path("out")
      try await trainer.fit(data, plan: plan)
      return "nothing"
    } catch { return "\(error)" }
  }
  let plan = TrainingPlan(epochs: 1, batchSize: 8)
  let large = try pictureClasses(8, shape: [16, 16, 1])
  #expect(await refusal(large, plan).contains("the samples are 16×16×1, OwnModel takes 12×12×1"))
  let more = try ArrayDataset(
    pixels: [UInt8](repeating: 1, count: 144), labels: [0], sampleShape: shape, classNames: (0..<11).map(String.init))
  #expect(await refusal(more, plan).contains("OwnModel has 10 outputs, the data has 11 classes; end it with Dense(11)"))
  let data = try pictureClasses(8, shape: shape)
  #expect(await refusal(data, TrainingPlan(epochs: 1, batchSize: 0)).contains("a batch size of 0: use 1 or more"))
  #expect(await refusal(data, TrainingPlan(epochs: 0, batchSize: 8)).contains("0 epochs: use 1 or more"))
  #expect(folder.names() == [])
}

@Test func `many threads may ask a network while another trains`() async throws {
  let data = try pictureClasses(64, shape: shape)
  let (network, other) = (try network(), try network())
  let image = try data.image(at: 0)
  let expected = try other.predict(image)
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await Trainer(network, optimizer: Adam()).fit(data, epochs: 4, batchSize: 16) }
    for _ in 0..<8 {
      group.addTask {
        for _ in 0..<20 {
          let (now, moving) = (try other.predict(image), try network.predict(image))
          #expect(now == expected && moving.allSatisfy(\.isFinite))
        }
      }
    }
    try await group.waitForAll()
  }
}

@Test func `a log that was cut off goes on after its last whole line`() async throws {
  let (data, folder) = (try pictureClasses(40, shape: shape), TemporaryFolder())
  var trainer = Trainer(try network(), optimizer: Adam())
  trainer.output = folder.path("out")
  try await trainer.fit(data, epochs: 1, batchSize: 10)
  let log = folder.path("out/metrics.jsonl")
  let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
  folder.write(Array((lines[0] + "\n" + lines[1].prefix(9)).utf8), to: "out/metrics.jsonl")
  try await Trainer(resuming: folder.path("out"), model: OwnModel()).fit(data, epochs: 2, batchSize: 10)
  let after = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
  #expect(after.count == 6 && after[0] == lines[0])
  for line in after { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
}
