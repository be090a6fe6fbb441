import FoveaCore
import FoveaData
import FoveaLayers
import FoveaNetwork
import FoveaTestSupport
import FoveaTraining
import Foundation
import Testing

/// Whether a text of twelve words has word 7 before word 3 or behind it.
private struct Order: Model {
  var body: Sequential {
    Embedding(count: 20, size: 8)
    Conv1D(filters: 16, kernel: 3, padding: .same, activation: .relu)
    Flatten()
    Dense(2)
  }
}

private func texts(_ count: Int, seed: UInt64 = 1) throws -> IntegerDataset {
  let stream = RandomStream(seed: seed, stream: RandomStream.identifier(of: "texts"))
  var (numbers, labels): ([Int32], [Int]) = ([], [])
  for text in 0..<count {
    /// The draws of one text are apart from those of all others.
    func draw(_ number: Int, below bound: Int) -> Int { stream.integer(text * 20 + number, below: bound) }
    var words = (0..<12).map { Int32(8 + draw($0, below: 12)) }
    let label = draw(12, below: 2)
    let (first, second) = (draw(13, below: 6), 6 + draw(14, below: 6))
    (words[first], words[second]) = label == 0 ? (7, 3) : (3, 7)
    numbers += words
    labels.append(label)
  }
  return try IntegerDataset(
    numbers: numbers, labels: labels, sampleShape: [12], classNames: ["seven first", "three first"])
}

private func network() throws -> Network { try Network(Order(), input: [12], elementType: .int32, seed: 2) }

@Test func `a model of texts learns, and is saved, loaded and asked`() async throws {
  let (network, folder) = (try network(), TemporaryFolder())
  #expect(network.inputElementType == .int32 && network.preprocessing == nil)
  #expect(network.summary().layers[0].parameters == 160)
  try await Trainer(network, optimizer: Adam(learningRate: 0.01)).fit(try texts(400), epochs: 8, batchSize: 32)
  let unseen = try texts(200, seed: 2)
  #expect(try network.evaluate(unseen).top1 > 0.95)
  #expect(network.classNames == ["seven first", "three first"])

  try network.save(to: folder.path("order.fovea"))
  let loaded = try Network(Order(), contentsOf: folder.path("order.fovea"))
  #expect(loaded.inputElementType == .int32 && loaded.inputShape == [12])
  let batch = Tensor([Int32](repeating: 9, count: 24), shape: [2, 12])
  let scores = try network.predict(batch: batch)
  #expect(scores.shape == [2, 2])
  #expect(try loaded.predict(batch: batch) == scores)
  let other = try Network(Order(), input: [12], elementType: .int32, seed: 3, backend: .reference)
  try other.loadWeights(from: folder.path("order.fovea"))
  #expect(zip(try other.predict(batch: batch).array(), scores.array()).allSatisfy { abs($0 - $1) < 1e-4 })
}

@Test func `a training on texts goes on where it stopped, with the same bits`() async throws {
  let (data, folder) = (try texts(100), TemporaryFolder())
  let whole = try network()
  try await Trainer(whole, optimizer: Adam()).fit(data, epochs: 2, batchSize: 16, validation: data.prefix(20))
  var trainer = Trainer(try network(), optimizer: Adam())
  trainer.output = folder.path("out")
  try await trainer.fit(data, epochs: 1, batchSize: 16, validation: data.prefix(20))
  let resumed = try Trainer(resuming: folder.path("out"), model: Order())
  try await resumed.fit(data, epochs: 2, batchSize: 16, validation: data.prefix(20))
  #expect(resumed.network.parameters == whole.parameters)
}

@Test func `what version 1 of model files can say is written as version 1`() throws {
  let folder = TemporaryFolder()
  func version(_ network: Network) throws -> Substring? {
    try network.save(to: folder.path("model"))
    let text = try String(contentsOfFile: folder.path("model") + "/manifest.json", encoding: .utf8)
    return text.firstMatch(of: /"formatVersion" : (\d)/)?.1
  }
  #expect(try version(network()) == "2")
  #expect(try version(Network(Dense(2), input: [4])) == "1")
}

@Test func `words and pictures are not taken for each other`() async throws {
  let (words, pictures) = (try network(), try Network(Sequential([Flatten(), Dense(2)]), input: [4, 4, 1]))
  let image = Image(height: 2, width: 2, color: .gray, pixels: [0, 1, 2, 3])
  func message(_ body: () async throws -> Void) async -> String {
    do { try await body() } catch { return "\(error)" }
    return "no error"
  }
  #expect(
    await message { _ = try words.predict(batch: Tensor(shape: [1, 12])) }
      == "the input is 1×12 of float32; Order takes N×12 of int32")
  #expect(
    await message { _ = try pictures.predict(batch: Tensor(shape: [1, 4, 4, 1], elementType: .int32)) }
      == "the input is 1×4×4×1 of int32; Sequential takes N×4×4×1 of float32")
  #expect(
    await message { _ = try words.predict(image) }
      == "Order takes 12 of int32, which is no picture of 1 or 3 channels: use predict(batch:), or `fovea run` with arrays"
  )
  #expect(
    await message { _ = try words.evaluate(pictureClasses(10, shape: [4, 4, 1]).prefix(5)) }
      == "Order has 2 outputs, the data has 10 classes; end it with Dense(10)")
  let two = try ArrayDataset(
    pixels: [UInt8](repeating: 0, count: 48), labels: [0, 1, 0], sampleShape: [4, 4, 1], classNames: ["a", "b"])
  #expect(
    await message { try await Trainer(words, optimizer: Adam()).fit(two, epochs: 1, batchSize: 2) }
      == "the samples are pictures, Order takes 12 of int32: train and evaluate it from Swift, with an IntegerDataset")
  let data = try texts(10)
  #expect(
    await message { try await Trainer(pictures, optimizer: Adam()).fit(data, epochs: 1, batchSize: 2) }
      == "the samples are whole numbers, Sequential takes 4×4×1: use a data set of pictures, or a network made with "
      + "elementType: .int32")
  let long = try Network(Order(), input: [13], elementType: .int32)
  #expect(
    await message { _ = try long.evaluate(data) }
      == "the samples are 12, Order takes 13 of int32; use a data set of that shape")
  var plan = TrainingPlan(epochs: 1, batchSize: 2)
  plan.flips = true
  #expect(
    await message { _ = try await Trainer(words, optimizer: Adam()).fit(data, plan: plan) }
      .hasSuffix("they change pictures; the samples are 12 of int32"))
}
