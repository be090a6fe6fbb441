import FoveaData
import FoveaTestSupport
import Foundation
import Testing

// What users, files and disks can do wrong: one clear sentence, status 1 or 2, nothing lost.

private let folder = TemporaryFolder()
private let data = TinyData.digits(in: folder)

/// A finished training of its own for each test that damages it.
private func training(_ name: String) throws -> String {
  let output = folder.path(name)
  let result = try Fovea(
    "train", TinyData.model, "--data", data, "--epochs", "1", "--optimizer", "adam", "--output", output)
  guard result.status == 0 else { throw WrongOutput(text: result.errors) }
  return output
}

/// - Returns: standard error, which must be one line.
private func sentence(_ result: Fovea, status: Int32 = 1) -> String {
  #expect(result.status == status, "\(result.errors)")
  #expect(result.output.isEmpty)
  let lines = result.errors.split(separator: "\n")
  #expect(lines.count == 1 && lines.first?.hasPrefix("fovea: ") == true, "\(result.errors)")
  return result.errors
}

private func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

private func write(_ bytes: [UInt8], to path: String) throws {
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}

@Test(arguments: ["manifest.json", "weights.safetensors", "optimizer.safetensors", "training.json"])
func `a damaged checkpoint is refused with the file's name`(file: String) throws {
  let output = try training("damaged-" + file)
  let path = output + "/checkpoint/" + file
  let original = try bytes(path)
  let resume = ["train", "--resume", output, "--epochs", "2", "--quiet"]
  var damages: [[UInt8]] = [[], Array(original.prefix(original.count / 2)), original + [0x20, 0x7D]]
  for place in [0, original.count / 3, original.count - 3] {
    var flipped = original
    flipped[place] ^= 0x10
    damages.append(flipped)
  }
  for damage in damages {
    try write(damage, to: path)
    #expect(sentence(try Fovea(resume)).contains(path))
    if ["manifest.json", "weights.safetensors"].contains(file) {
      #expect(sentence(try Fovea("evaluate", output, "--data", data)).contains(path))
      #expect(sentence(try Fovea("summary", output)).contains(path))
    }
    #expect(try bytes(path) == damage, "nothing is repaired or overwritten by the attempt")
  }
  try FileManager.default.removeItem(atPath: path)
  #expect(sentence(try Fovea(resume)).contains("damaged-" + file))
  try write(original, to: path)
  #expect(try Fovea(resume).status == 0)
}

@Test func `a checkpoint from the future is refused`() throws {
  let output = try training("future")
  let path = output + "/checkpoint/manifest.json"
  let text = String(decoding: try bytes(path), as: UTF8.self)
  try write(Array(text.replacing("\"formatVersion\" : 1", with: "\"formatVersion\" : 7").utf8), to: path)
  #expect(sentence(try Fovea("evaluate", output, "--data", data)).contains("format version 7 is newer"))
}

@Test func `weights of another architecture are refused`() throws {
  let output = try training("exchanged")
  let other = folder.path("other")
  #expect(
    try Fovea("train", "conv 3 3x3 - relu - fc 10", "--data", data, "--epochs", "1", "--output", other).status == 0)
  let weights = "/checkpoint/weights.safetensors"
  try write(try bytes(other + weights), to: output + weights)
  #expect(sentence(try Fovea("train", "--resume", output, "--epochs", "2", "--quiet")).contains(output + weights))
}

@Test func `training stops at a loss that is not finite, and the last good checkpoint stays`() throws {
  let output = folder.path("diverging")
  let text = sentence(
    try Fovea(
      "train", TinyData.model, "--data", data, "--epochs", "9", "--learning-rate", "1e30", "--output", output, "--quiet"
    ))
  #expect(text.contains(/step \d+: (the loss|the validation loss|a number of .*) is (not a number|infinite);/))
  #expect(text.contains("\(output)/checkpoint holds the last good state"))
  #expect(try Fovea("evaluate", output, "--data", data).status == 0)
}

@Test func `a folder that cannot be written to is found before the data is read`() throws {
  let missing = "mnist:/no/such/data"
  let file = folder.write([1], to: "a-file")
  for place in ["/proc/fovea", file, file + "/below", "/sys/kernel"] {
    let text = sentence(try Fovea("train", TinyData.model, "--data", data, "--output", place, "--quiet"))
    #expect(text.contains(place) || text.contains(file))
    #expect(text.contains("choose another folder with --output"))
  }
  #expect(
    sentence(try Fovea("train", "lenet5", "--data", missing, "--output", "/proc/fovea")).contains("/no/such/data"))
  let output = try training("unwritable")
  let result = try Fovea("run", output, "--inputs", try input(), "--outputs", "/proc/out.npz")
  #expect(sentence(result).contains("/proc/out.npz: could not be written"))
}

private func input() throws -> String {
  let path = folder.path("input.npz")
  if !FileManager.default.fileExists(atPath: path) { try NPZ.writeZeros([1, 12, 12, 1], to: path) }
  return path
}

@Test func `a full disk while saving leaves the last checkpoint`() throws {
  // A limit on the size of files stands for the full disk: the weights have more bytes, everything else has fewer.
  let output = folder.path("full")
  let model = "conv 16 3x3 - relu - fc 10"
  let start = ["train", model, "--data", data, "--quiet", "--output", output]
  #expect(try Fovea(start + ["--epochs", "1"]).status == 0)
  let before = try bytes(output + "/checkpoint/weights.safetensors")
  #expect(before.count > 64 << 10)
  let full = try Fovea(after: "ulimit -f 64", ["train", "--resume", output, "--epochs", "3", "--quiet"])
  #expect(sentence(full).contains("\(output)/checkpoint/weights.safetensors: could not be written: File too large"))
  #expect(full.errors.contains("what was there before is unchanged"))
  #expect(try bytes(output + "/checkpoint/weights.safetensors") == before)
  #expect(folder.names(in: output) == ["checkpoint", "metrics.jsonl"], "no rubbish stays")
  let rest = try Fovea("train", "--resume", output, "--epochs", "3", "--quiet")
  #expect(rest.status == 0)
  // As if nothing had happened.
  let whole = folder.path("not-full")
  #expect(try Fovea(["train", model, "--data", data, "--quiet", "--output", whole, "--epochs", "1"]).status == 0)
  #expect(try Fovea("train", "--resume", whole, "--epochs", "3", "--quiet").status == 0)
  #expect(try bytes(output + "/checkpoint/weights.safetensors") == bytes(whole + "/checkpoint/weights.safetensors"))
}

@Test(.enabled(if: TinyDisk.isPossible, "a file system of its own can only be mounted by root"))
func `a disk that is really full leaves the last checkpoint`() throws {
  let disk = try TinyDisk(folder.path("disk"), bytes: 96 << 10)
  defer { disk.unmount() }
  let output = disk.path + "/out"
  let start = ["train", TinyData.model, "--data", data, "--quiet", "--output", output, "--epochs", "40"]
  // The log of steps grows until nothing fits.
  let text = sentence(try Fovea(start + ["--batch-size", "4"]))
  #expect(text.contains("could not be written: No space left on device"))
  #expect(try Fovea("evaluate", output, "--data", data).status == 0)
  try FileManager.default.removeItem(atPath: output + "/metrics.jsonl")
  #expect(try Fovea("evaluate", output, "--data", data).status == 0)
}

@Test(arguments: [
  ["bench", "resnet20", "--training", "--batch-size", "1048576"], ["bench", "lenet5", "--input", "65000x65000x3"],
  ["run", "fc 1000000000", "--inputs", "IN", "--outputs", "OUT"],
])
func `what the machine has no memory for is refused before it is allocated`(arguments: [String]) throws {
  let input = try input()
  let result = try Fovea(arguments.map { $0 == "IN" ? input : $0 == "OUT" ? folder.path("none.npz") : $0 })
  #expect(sentence(result).contains(/are needed at once, this machine has [0-9.]+ [GTk]B; use \w/))
}

@Test func `a file of another kind is told with what to do`() throws {
  let npy = folder.write([0x93] + Array("NUMPY".utf8) + [1, 0, 2, 0, 0x7B, 0x7D], to: "array.npy")
  let other = folder.write(Array("no arrays".utf8), to: "other.npz")
  let run = ["run", "lenet5", "--outputs", folder.path("none.npz"), "--inputs"]
  #expect(
    sentence(try Fovea(run + [npy])).contains(
      "array.npy: this is a .npy file, a single array, not an .npz; write one in Python with numpy.savez("))
  #expect(
    sentence(try Fovea(run + [other])).contains("other.npz: this is no .npz file, which is a zip file of arrays;"))
  #expect(
    sentence(try Fovea(run + [folder.path("nope.npz")])).contains("nope.npz: there is no such file; check the path"))
  #expect(
    sentence(try Fovea("predict", other, other)).contains(
      "other.npz: no model file: a model file is a folder with manifest.json, this is a single file; if it holds weights"
    ))
  #expect(sentence(try Fovea("predict", folder.path(""), other)).contains("; give the folder that training wrote"))
}

@Test func `a model without its weights says that they are missing`() throws {
  let output = try training("without-weights")
  try FileManager.default.removeItem(atPath: output + "/checkpoint/weights.safetensors")
  #expect(
    sentence(try Fovea("summary", output)).contains(
      "weights.safetensors: this file of the model is missing; restore a copy of the whole folder"))
}

@Test func `a model of two channels says that it cannot be explained by a picture`() throws {
  let image = folder.path("gray.png")
  try Image(height: 4, width: 4, color: .gray, pixels: [UInt8](repeating: 9, count: 16)).writePNG(to: image)
  let result = try Fovea("explain", "input 9x9x2 - relu", image, "--layer", "relu_1", "--at", "0,0,0")
  #expect(sentence(result).contains("takes 9×9×2, which is no picture: only models of 1 or 3 channels"))
}
