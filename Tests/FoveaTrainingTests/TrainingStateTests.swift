import FoveaFiles
import FoveaLayers
import FoveaNetwork
import FoveaTestSupport
import FoveaTraining
import Testing

/// Any JSON, to write a training's file with other numbers and the right checksum.
private indirect enum JSON: Codable {
  case null, bool(Bool), integer(Int), number(Double), text(String), list([JSON]), object([String: JSON])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() { self = .null; return }
    if let bool = try? value.decode(Bool.self) { self = .bool(bool); return }
    if let integer = try? value.decode(Int.self) { self = .integer(integer); return }
    if let number = try? value.decode(Double.self) { self = .number(number); return }
    if let text = try? value.decode(String.self) { self = .text(text); return }
    if let list = try? value.decode([JSON].self) { self = .list(list); return }
    self = .object(try value.decode([String: JSON].self))
  }

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .null: try value.encodeNil()
    case .bool(let bool): try value.encode(bool)
    case .integer(let integer): try value.encode(integer)
    case .number(let number): try value.encode(number)
    case .text(let text): try value.encode(text)
    case .list(let list): try value.encode(list)
    case .object(let object): try value.encode(object)
    }
  }

  /// The value at a path such as `plan.epochs`.
  subscript(path: String) -> JSON {
    get {
      path.split(separator: ".").reduce(self) { json, key in
        if case .object(let object) = json { object[String(key)] ?? .null } else { .null }
      }
    }
    set {
      let keys = path.split(separator: ".", maxSplits: 1).map(String.init)
      guard case .object(var object) = self else { return }
      if keys.count == 1 {
        if case .null = newValue { object[keys[0]] = nil } else { object[keys[0]] = newValue }
      } else {
        object[keys[0]]?[keys[1]] = newValue
      }
      self = .object(object)
    }
  }
}

private let wrong: [(path: String, value: JSON, text: String)] = [
  ("plan.batchSize", .integer(0), "a batch size of 0"), ("plan.batchSize", .integer(.max), "a batch size of 9223"),
  ("plan.epochs", .integer(.max), "epochs: use 1000000 or less"),
  ("plan.cropPadding", .integer(-1), "a crop padding of -1"),
  ("plan.heldOut", .number(7.5), "7.5 of the data held out"),
  ("plan.schedule.warmupEpochs", .integer(-4), "a warm-up of -4.0 epochs"),
  ("correct", .integer(.max), "9223372036854775807 of 40 examples are right"),
  ("correct", .integer(-1), "-1 of 40 examples"), ("examples", .integer(41), "41 examples were seen"),
  ("step", .integer(-5), "the step is -5"), ("step", .integer(.max), "the step is 9223"),
  ("threads", .integer(1_000_000_000), "1000000000 threads"), ("threads", .integer(0), "0 threads"),
  ("epoch", .integer(-1), "-1 of 2 epochs are done"), ("epoch", .integer(3), "3 of 2 epochs are done"),
  ("batchesDone", .integer(99), "99 of 5 batches"), ("samples", .integer(0), "0 samples"),
  ("samples", .integer(.max), "9223372036854775807 samples"),
  ("optimizer.settings.learningRate", .integer(-1), "a learning rate of -1.0"),
  ("optimizer.settings.momentum", .integer(5), "a momentum of 5.0"),
  ("optimizer.settings.weightDecay", .integer(-2), "a weight decay of -2.0"),
  ("metricsLength", .integer(-1), "the metrics log has -1 bytes"),
  ("epochsWithoutProgress", .integer(9), "9 epochs brought no progress"),
  ("lastEpoch", .null, "the last epoch is 0, 1 are done"),
  ("optimizerState", .null, "it says nothing of optimizer.safetensors"),
]

@Test func `numbers that no training has are refused though the checksum is right`() async throws {
  let (data, folder) = (try pictureClasses(100, shape: [8, 8, 1]), TemporaryFolder())
  let events = Steps()
  let model = Sequential {
    Flatten(); Dense(10)
  }
  var trainer = Trainer(
    try Network(model, input: [8, 8, 1]), optimizer: SGD(learningRate: 0.1, momentum: 0.9))
  trainer.output = folder.path("out")
  trainer.onEvent = { if case .step = $0 { events.count() } }
  trainer.shouldStop = { events.number == 7 }
  try await trainer.fit(data, epochs: 2, batchSize: 20)

  let path = folder.path("out/checkpoint/training.json")
  let original = try SealedJSON.decode(JSON.self, from: readFile(path), path: path, newestVersion: 1)
  func write(_ json: JSON) throws { folder.write(try SealedJSON.encode(json), to: "out/checkpoint/training.json") }
  for (key, value, text) in wrong {
    var json = original
    json[key] = value
    try write(json)
    let error = #expect(throws: TrainingError.self, "\(key)") {
      try Trainer(resuming: folder.path("out"), model: model)
    }
    #expect(error?.description.hasPrefix("\(path): these are no numbers of a training (") == true, "\(error!)")
    #expect(error?.description.contains(text) == true, "\(error!)")
  }
  // As it was, it goes on: what is refused is refused for its number.
  try write(original)
  let resumed = try Trainer(resuming: folder.path("out"), model: model)
  #expect(try await resumed.fit(data, epochs: 2, batchSize: 20).end == .finished)
}
