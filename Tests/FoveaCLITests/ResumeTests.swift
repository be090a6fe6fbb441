import FoveaTestSupport
import Foundation
import Testing

/// Trainings that take a second or two, so that they can be killed in the middle.
private struct LongTraining {
  let folder = TemporaryFolder()
  let data: String
  static let model = "conv 32 3x3 - bn - relu - conv 32 3x3 - relu - pool - dropout 0.2 - fc 10"
  /// The lines of the metrics log: three epochs of 76 steps, and a line for each epoch.
  static let lines = 3 * 77

  init() { data = TinyData.digits(in: folder, train: 1203, test: 40, side: 20) }

  func arguments(_ output: String) -> [String] {
    [
      "train", Self.model, "--data", data, "--epochs", "3", "--batch-size", "16", "--seed", "7", "--augment",
      "flips,crop:2", "--checkpoint-every", "40", "--schedule", "cosine+warmup", "--keep-best", "--threads", "1",
      "--output", output,
    ]
  }

  func run(_ output: String, resuming: Bool = false) throws -> Fovea {
    try Fovea(arguments(output) + (resuming ? ["--resume", output] : []))
  }

  /// Starts a training and kills it when the log has so many lines.
  ///
  /// - Returns: whether it was killed before it had ended.
  func kill(_ arguments: [String], _ output: String, afterLines lines: Int) throws -> Bool {
    let process = try RunningFovea(arguments)
    let log = output + "/metrics.jsonl"
    process.wait { lines == 0 ? exists(output + "/checkpoint") : lineCount(log) >= lines }
    process.send(SIGKILL)
    return process.waitForResult().status == 128 + SIGKILL
  }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  func lineCount(_ path: String) -> Int {
    (try? Data(contentsOf: URL(fileURLWithPath: path)))?.count { $0 == 0x0A } ?? 0
  }

  /// Everything of a training that must be the same: files bit by bit, metrics but for their times.
  func result(_ output: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for part in ["checkpoint/weights.safetensors", "checkpoint/optimizer.safetensors", "best/weights.safetensors"] {
      files[part] = try Data(contentsOf: URL(fileURLWithPath: output + "/" + part))
    }
    let events = try metrics(output).map { event in
      event.filter { !["seconds", "imagesPerSecond"].contains($0.key) }
    }
    files["metrics"] = try JSONSerialization.data(withJSONObject: events, options: .sortedKeys)
    return files
  }
}

@Suite(.serialized) struct `resuming a training` {
  private static let training = LongTraining()
  private static let expected = Result {
    let output = training.folder.path("whole")
    let result = try training.run(output)
    guard result.status == 0 else { throw WrongOutput(text: result.errors) }
    return try training.result(output)
  }

  @Test(arguments: [0, 3, 47, 77, 80, 130, 200])
  func `a killed training ends with the same bits`(lines: Int) throws {
    let training = Self.training
    let expected = try Self.expected.get()
    let output = training.folder.path("killed-\(lines)")
    #expect(try training.kill(training.arguments(output), output, afterLines: lines), "it was killed in time")
    let resumed = try training.run(output, resuming: true)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try training.result(output) == expected)
  }

  @Test func `a training that is killed again and again ends with the same bits`() throws {
    let training = Self.training
    let output = training.folder.path("often")
    var kills = try training.kill(training.arguments(output), output, afterLines: 50) ? 1 : 0
    for lines in stride(from: 80, through: 200, by: 30) {
      // No option but the folder: everything else is recorded.
      if try training.kill(["train", "--resume", output], output, afterLines: lines) { kills += 1 }
    }
    #expect(kills == 6)
    let resumed = try Fovea("train", "--resume", output, in: "/")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try training.result(output) == Self.expected.get())
  }

  @Test(arguments: [(SIGINT, 130, "Ctrl-C"), (SIGTERM, 143, "SIGTERM")])
  func `a signal lets the step end and saves`(signal: Int32, status: Int, name: String) throws {
    let training = Self.training
    let output = training.folder.path(name)
    let process = try RunningFovea(training.arguments(output) + ["--json"])
    process.wait { training.lineCount(output + "/metrics.jsonl") >= 60 }
    process.send(signal)
    let result = process.waitForResult()
    #expect(result.status == Int32(status))
    #expect(result.errors.contains("stopped by \(name); go on with: fovea train --resume \(output)"))
    let steps = try metrics(output).count
    #expect(steps < LongTraining.lines)
    let resumed = try Fovea("train", "--resume", output, "--quiet")
    #expect(resumed.status == 0 && resumed.errors.isEmpty)
    #expect(try metrics(output).count == LongTraining.lines)
    #expect(try training.result(output) == Self.expected.get())
  }

  @Test func `the same seed gives the same bits, another one others`() throws {
    let training = Self.training
    let output = training.folder.path("again")
    #expect(try training.run(output).status == 0)
    #expect(try training.result(output) == Self.expected.get())
    let other = training.folder.path("other")
    let arguments = training.arguments(other).map { $0 == "7" ? "8" : $0 }
    #expect(try Fovea(arguments).status == 0)
    #expect(try training.result(other)["metrics"] != Self.expected.get()["metrics"])
  }

  @Test func `a training that is killed before its first checkpoint starts at its beginning`() throws {
    let training = Self.training
    let output = training.folder.path("empty")
    try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    let alone = try Fovea("train", "--resume", output)
    #expect(alone.status == 1 && alone.errors.contains("start it again with MODEL and --data"))
    let resumed = try training.run(output, resuming: true)
    #expect(resumed.status == 0 && resumed.errors.contains("holds no checkpoint yet"))
    #expect(try training.result(output) == Self.expected.get())
  }

  @Test func `a finished training says so, and goes on for more epochs`() throws {
    let folder = TemporaryFolder()
    let output = folder.path("out")
    let start = ["train", TinyData.model, "--data", TinyData.digits(in: folder), "--output", output]
    let first = try Fovea(start + ["--epochs", "2", "--json"])
    let again = try Fovea("train", "--resume", output)
    #expect(again.status == 0)
    #expect(again.output.contains("was trained already: 2 epochs, 4 steps; ask for more with a larger --epochs"))
    #expect(try Fovea("train", "--resume", output, "--json").output == first.output)
    let fewer = try Fovea("train", "--resume", output, "--epochs", "1")
    #expect(fewer.status == 1 && fewer.errors.contains("--epochs 1: 2 are done already"))
    let more = try Fovea("train", "--resume", output, "--epochs", "3", "--json")
    #expect(try more.object()["epoch"] as? Int == 3)
    #expect(try metrics(output).count == 3 * 2 + 3)
  }

  @Test func `another model, other options, other data and other folders are refused`() throws {
    let folder = TemporaryFolder()
    let (output, data) = (folder.path("out"), TinyData.digits(in: folder))
    #expect(try Fovea("train", TinyData.model, "--data", data, "--epochs", "1", "--output", output).status == 0)
    let before = try Data(contentsOf: URL(fileURLWithPath: output + "/checkpoint/weights.safetensors"))
    func refused(_ arguments: String..., status: Int32, _ text: String) throws {
      let result = try Fovea(["train"] + arguments)
      #expect(result.status == status && result.errors.contains(text), "\(result.errors)")
    }
    try refused(
      "lenet5", "--resume", output, status: 1,
      "the checkpoint is of another architecture: it is \(TinyData.canonicalModel), not lenet5")
    try refused(
      "--resume", output, "--batch-size", "64", "--optimizer", "adam", status: 2,
      "only --epochs may grow: --batch-size was 128; --optimizer was nesterov")
    try refused("--resume", output, "--seed", "5", "--epochs", "2", status: 2, "--seed was 0")
    try refused("--resume", output, "--from", output, status: 2, "--from is for a new training")
    let fewer = TinyData.digits(in: folder, name: "fewer", train: 30)
    try refused(
      "--resume", output, "--data", fewer, "--epochs", "2", status: 1,
      "the data has 30 samples, the training was started with 200")
    try refused(TinyData.model, "--data", data, "--output", output, status: 1, "holds a training already")
    #expect(try Data(contentsOf: URL(fileURLWithPath: output + "/checkpoint/weights.safetensors")) == before)
    let replaced = try Fovea(
      "train", TinyData.model, "--data", data, "--epochs", "1", "--seed", "9", "--output", output, "--overwrite")
    #expect(replaced.status == 0)
    #expect(try metrics(output).count == 3)
  }
}
