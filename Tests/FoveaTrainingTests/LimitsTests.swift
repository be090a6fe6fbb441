import FoveaCore
import FoveaData
import FoveaLayers
import FoveaNetwork
import FoveaTestSupport
import FoveaTraining
import Synchronization
import Testing

// Numbers that make no sense, given in Swift: errors, not traps.

private let shape: Shape = [8, 8, 1]

private func network(_ outputs: Int = 10) throws -> Network {
  try Network(
    Sequential {
      Flatten(); Dense(outputs)
    }, input: shape)
}

/// A data set that is wrong about itself.
private struct Odd: Dataset {
  var count = 4
  var sampleShape = shape
  var label = 0
  let classNames = (0..<10).map(String.init)
  func label(at index: Int) -> Int { label }
  func read(_ index: Int, into pixels: UnsafeMutableBufferPointer<UInt8>) { pixels.update(repeating: 1) }
}

@Test func `evaluating takes any batch size from one on`() throws {
  let (network, data) = (try network(), try pictureClasses(10, shape: shape))
  for size in [0, -1, .min] {
    #expect(throws: (any Error).self) { try network.evaluate(data, batchSize: size) }
  }
  let whole = try network.evaluate(data, batchSize: 10)
  #expect(try network.evaluate(data, batchSize: .max) == whole && whole.count == 10)
}

@Test(arguments: [0, -1, .min, .max, 1 << 40]) func `a plan for no batch, or one beyond all bounds, is an error`(
  size: Int
) throws {
  let network = try network()
  #expect(throws: (any Error).self) { try network.plan(batchSize: size) }
}

@Test func `a network for impossible inputs is an error`() {
  for input in [[0, 8, 1], [-1, 8, 1], [.max, .max, .max], [8, 8, .min]] as [[Int]] {
    #expect(throws: ModelError.self, "\(input)") {
      try Network(
        Sequential {
          Flatten(); Dense(10)
        }, input: Shape(input))
    }
  }
}

@Test func `data sets that are wrong about themselves are refused`() throws {
  let network = try network()
  #expect(try network.evaluate(Odd()).count == 4)
  for odd in [
    Odd(count: 0), Odd(count: -3), Odd(label: 10), Odd(label: -1), Odd(label: .max), Odd(sampleShape: [8, 8]),
    Odd(sampleShape: []), Odd(sampleShape: [8, 0, 1]), Odd(sampleShape: [8, -8, 1]),
  ] {
    #expect(throws: (any Error).self, "\(odd)") { try network.evaluate(odd) }
  }
}

@Test func `as many outputs as classes, neither fewer nor more`() throws {
  let data = try pictureClasses(10, shape: shape)
  for outputs in [9, 11] {
    let error = #expect(throws: NetworkError.self) { try network(outputs).evaluate(data) }
    #expect(
      error?.description.contains("has \(outputs) outputs, the data has 10 classes; end it with Dense(10)") == true)
  }
}

private let plans: [(text: String, change: @Sendable (inout TrainingPlan) -> Void)] = [
  ("0 epochs", { $0.epochs = 0 }), ("-1 epochs", { $0.epochs = -1 }), ("use 1000000 or less", { $0.epochs = .max }),
  ("a batch size of -1", { $0.batchSize = -1 }), ("use 1048576 or less", { $0.batchSize = .max }),
  ("a crop padding of 9223", { $0.cropPadding = .max }), ("a patience of 0", { $0.patience = 0 }),
  ("nan of the data held out", { $0.heldOut = .nan }), ("a checkpoint every 0 steps", { $0.checkpointSteps = 0 }),
  ("a warm-up of -1.0 epochs", { $0.schedule.warmupEpochs = -1 }),
  ("a warm-up of nan epochs", { $0.schedule.warmupEpochs = .nan }),
  ("a schedule's factor of inf", { $0.schedule = Schedule(.exponential(factor: .infinity)) }),
]

@Test(arguments: plans.indices) func `a plan that makes no sense is refused`(index: Int) async throws {
  var plan = TrainingPlan(epochs: 1, batchSize: 4)
  plans[index].change(&plan)
  let (network, data) = (try network(), try pictureClasses(10, shape: shape))
  let wrong = plan
  let error = await #expect(throws: TrainingError.self) {
    try await Trainer(network, optimizer: Adam()).fit(data, plan: wrong)
  }
  #expect(error?.description.contains(plans[index].text) == true, "\(error!)")
}

private let optimizers: [(any Optimizer, String)] = [
  (SGD(learningRate: -1), "a learning rate of -1.0: use 0 or more"),
  (SGD(learningRate: .nan), "a learning rate of nan"), (Adam(learningRate: .infinity), "a learning rate of inf"),
  (SGD(momentum: 1), "a momentum of 1.0: use 0 or more, below 1"), (SGD(momentum: -0.1), "a momentum of -0.1"),
  (SGD(weightDecay: -1), "a weight decay of -1.0"), (Adam(beta1: 1), "a beta1 of 1.0"),
  (Adam(beta2: 2), "a beta2 of 2.0"),
  (Adam(epsilon: 0), "an epsilon of 0.0"), (AdamW(beta1: -1), "a beta1 of -1.0"),
  (AdamW(weightDecay: .nan), "a weight decay of nan"),
]

@Test(arguments: optimizers.indices) func `an optimizer that makes no sense is refused`(index: Int) async throws {
  let (network, data) = (try network(), try pictureClasses(10, shape: shape))
  let error = await #expect(throws: TrainingError.self) {
    try await Trainer(network, optimizer: optimizers[index].0).fit(data, epochs: 1, batchSize: 4)
  }
  #expect(error?.description.hasPrefix(optimizers[index].1) == true, "\(error!)")
}

@Test func `numbers of a schedule beyond all bounds give a factor`() {
  let schedule = Schedule(.exponential(factor: 0.5), warmupEpochs: 1)
  #expect(schedule.factor(step: 3, stepsPerEpoch: 0, epochs: 0) == 0.125)
  #expect(Schedule.cosine.factor(step: 1, stepsPerEpoch: .max, epochs: .max) == 1)
}

// The setting itself belongs to the whole process, and other tests run beside this one.
@Test func `a number of threads outside the range is brought inside`() {
  #expect(
    [-3, .min, 0, 1, 7, 1024, 1025, .max].map(BackendChoice.allowedThreads) == [1, 1, 1, 1, 7, 1024, 1024, 1024])
  #expect((1...BackendChoice.mostThreads).contains(BackendChoice.threads))
}

@Test func `two trainings of one process do not share a folder, and another training's is replaced`() async throws {
  let (data, folder) = (try pictureClasses(40, shape: shape), TemporaryFolder())
  var first = Trainer(try network(), optimizer: Adam())
  first.output = folder.path("out")
  let refusal = Mutex("")
  first.onEvent = { [output = first.output] _ in
    do {
      var second = Trainer(try network(), optimizer: Adam())
      second.output = output
      _ = try second.fitHere(data, plan: TrainingPlan(epochs: 1, batchSize: 8))
    } catch { refusal.withLock { $0 = "\(error)" } }
  }
  try await first.fit(data, epochs: 1, batchSize: 20)
  #expect(refusal.withLock { $0 }.contains("another training writes to this folder now"))
  // The lock ends with the training.
  var third = Trainer(try network(), optimizer: SGD())
  third.output = folder.path("out")
  try await third.fit(data, epochs: 1, batchSize: 40)
  let log = String(decoding: try folder.read("out/metrics.jsonl"), as: UTF8.self)
  #expect(log.split(separator: "\n").count == 2)
  #expect(
    try Trainer(
      resuming: folder.path("out"),
      model: Sequential {
        Flatten(); Dense(10)
      }
    ).optimizer is SGD)
}

/// Counts the steps of a training, which may come from its own thread.
final class Steps: Sendable {
  private let steps = Mutex(0)
  func count() { steps.withLock { $0 += 1 } }
  var number: Int { steps.withLock { $0 } }
}
