import FoveaTestSupport
import Foundation
import Testing

// What a resumed training takes for the same, and what it notices.

private let folder = TemporaryFolder()
private let data = TinyData.digits(in: folder)

/// A training of one epoch, to go on with.
private func start(_ name: String, _ options: [String] = []) throws -> String {
  let output = folder.path(name)
  let result = try Fovea(
    ["train", TinyData.model, "--data", data, "--epochs", "1", "--output", output, "--quiet"] + options)
  guard result.status == 0 else { throw WrongOutput(text: result.errors) }
  return output
}

private func resume(_ output: String, _ options: [String], in place: String? = nil) throws -> Fovea {
  try Fovea(["train", "--resume", output, "--quiet"] + options, in: place)
}

private let ways: [(start: [String], again: [[String]], refused: [(options: [String], text: String)])] = [
  (
    ["--optimizer", "sgd", "--momentum", "0.9"],
    [["--optimizer", "sgd"], ["--optimizer", "sgd", "--momentum", "0.9"], ["--optimizer", "momentum"]],
    [
      (["--optimizer", "adam"], "--optimizer was sgd or momentum"), (["--momentum", "0.5"], "--momentum was 0.9"),
      (["--optimizer", "sgd", "--learning-rate", "1"], "may grow: --learning-rate was 0.2"),
      (["--exact"], "--exact was not given"), (["--precision", "bfloat16"], "--precision was float32"),
    ]
  ),
  (["--optimizer", "sgd"], [["--optimizer", "sgd"]], [(["--optimizer", "momentum"], "--optimizer was sgd")]),
  (
    ["--optimizer", "nesterov", "--momentum", "0"], [["--optimizer", "nesterov", "--momentum", "0"]],
    [(["--weight-decay", "0.5"], "--weight-decay was 0.0005")]
  ),
  (
    ["--optimizer", "adam"], [["--optimizer", "adam"], ["--weight-decay", "0"]],
    [(["--momentum", "0.9"], "--momentum was not given"), (["--optimizer", "adamw"], "--optimizer was adam")]
  ),
  (["--optimizer", "adamw", "--exact"], [["--optimizer", "adamw", "--weight-decay", "0.01"]], []),
]

@Test(arguments: ways.indices)
func `the options with which a training was started are no others`(index: Int) throws {
  let way = ways[index]
  let output = try start("way-\(index)", way.start)
  for options in way.again + [way.start] {
    let result = try resume(output, options)
    #expect(result.status == 0, "\(options): \(result.errors)")
  }
  for (options, text) in way.refused {
    let result = try resume(output, options)
    #expect(result.status == 2 && result.errors.contains(text), "\(options): \(result.errors)")
  }
}

@Test func `a checkpoint is resumed however its path is spelled`() throws {
  let output = try start("spelled")
  for (path, place, epochs) in [
    (output + "/checkpoint/", nil, 2), (output + "//checkpoint/.", nil, 3), ("checkpoint", output, 4),
    (".", output + "/checkpoint", 5), (output + "/", nil, 6), ("../spelled", output, 7),
  ] as [(String, String?, Int)] {
    let result = try resume(path, ["--epochs", "\(epochs)"], in: place)
    #expect(result.status == 0, "\(path): \(result.errors)")
    #expect(try metrics(output).count == 3 * epochs, "\(path)")
  }
  // The same folder in two spellings is one folder.
  #expect(try resume(output, ["--output", output + "/../spelled/", "--epochs", "8"]).status == 0)
  // Copied away, it belongs to no folder.
  try FileManager.default.copyItem(atPath: output + "/checkpoint", toPath: folder.path("copy"))
  #expect(try resume(folder.path("copy"), []).errors.contains("say where to write with --output"))
  let moved = try resume(folder.path("copy"), ["--output", folder.path("moved"), "--epochs", "9"])
  #expect(moved.status == 0 && moved.errors.isEmpty, "\(moved.errors)")
  #expect(try metrics(folder.path("moved")).count == 3)
}

@Test func `a log that lost its end goes on after its last whole line, and that is said`() throws {
  let output = try start("log", ["--batch-size", "20"])
  let log = output + "/metrics.jsonl"
  let whole = try String(contentsOfFile: log, encoding: .utf8)
  try Data(whole.utf8.prefix(whole.utf8.count - 30)).write(to: URL(fileURLWithPath: log))
  let result = try resume(output, ["--epochs", "2"])
  #expect(result.status == 0)
  #expect(result.errors.hasPrefix("note: \(log): its end was lost since the checkpoint was made; it goes on after"))
  let text = try String(contentsOfFile: log, encoding: .utf8)
  #expect(whole.hasPrefix(text.split(separator: "\n").prefix(10).joined(separator: "\n") + "\n"))
  #expect(try metrics(output).count == 10 + 11, "every line is a whole one")
  #expect(try resume(output, ["--epochs", "3"]).errors.isEmpty, "said once")
}

@Test func `other pictures or labels in the same number are noticed`() throws {
  let output = try start("same-number")
  for (file, place) in [("train-images-idx3-ubyte", 16 + 50), ("train-labels-idx1-ubyte", 8 + 123)] {
    let other = TinyData.digits(in: folder, name: "other")
    let url = URL(fileURLWithPath: folder.path("other/" + file))
    var bytes = try Data(contentsOf: url)
    bytes[place] = (bytes[place] + 1) % 10
    try bytes.write(to: url)
    let result = try resume(output, ["--data", other, "--epochs", "2"])
    #expect(result.status == 1 && result.errors.contains("as many samples as at the training's start, but others"))
  }
  let moved = TinyData.digits(in: folder, name: "moved-data")
  #expect(try resume(output, ["--data", moved, "--epochs", "2"]).status == 0)
}

@Test func `what stopped early is not advised to ask for more epochs`() throws {
  let output = folder.path("early")
  _ = try Fovea(
    "train", TinyData.model, "--data", data, "--epochs", "50", "--early-stopping", "2", "--learning-rate", "1e-9",
    "--output", output)
  for epochs in ["50", "80"] {
    let result = try resume(output, ["--epochs", epochs])
    #expect(result.status == 0)
    #expect(result.output.contains("it no longer improved and stopped after 3 epochs, 6 steps; train on from its"))
    #expect(result.output.contains("--from \(output)") && !result.output.contains("--epochs"))
  }
}

@Test func `a training that is stopped in its first epoch prints an object, too`() throws {
  let output = folder.path("stopped")
  let many = TinyData.digits(in: folder, name: "many", train: 20_000, side: 12)
  let process = try RunningFovea([
    "train", "conv 16 3x3 - relu - conv 16 3x3 - pool - fc 10", "--data", many, "--batch-size", "4", "--output",
    output, "--quiet", "--json",
  ])
  process.wait { FileManager.default.fileExists(atPath: output + "/metrics.jsonl") }
  process.send(SIGINT)
  let result = process.waitForResult()
  #expect(result.status == 130)
  let object = try result.object()
  #expect(object["event"] as? String == "interrupted" && object["epoch"] as? Int == 1)
  #expect(object["step"] as? Int == (try metrics(output).count))
}
