import FoveaCore
import FoveaFormats
import FoveaTestSupport
import Foundation
import Testing

// What a training may do to the folder that it writes to.

private let folder = TemporaryFolder()
private let data = TinyData.digits(in: folder)

private func train(_ output: String, _ options: String...) throws -> Fovea {
  try Fovea(["train", TinyData.model, "--data", data, "--epochs", "1", "--output", output, "--quiet"] + options)
}

/// Every file below a folder.
private func files(_ path: String) throws -> [String: Data] {
  var files: [String: Data] = [:]
  for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
    files[name] = FileManager.default.contents(atPath: path + "/" + name)
  }
  return files
}

@Test func `a training that is to be overwritten stays until the new one has begun`() throws {
  let output = folder.path("kept")
  #expect(try train(output, "--keep-best").status == 0)
  let before = try files(output)
  #expect(before["best/weights.safetensors"] != nil && before["metrics.jsonl"]?.isEmpty == false)
  func refused(_ result: Fovea, _ text: String) throws {
    #expect(result.status == 1 && result.errors.contains(text), "\(result.errors)")
    #expect(try files(output) == before, "\(text)")
  }
  try refused(try train(output), "kept holds a training already")
  try refused(try train(output, "--overwrite", "--from", "/no/such"), "/no/such")
  var weights = try SafetensorsFile(contentsOf: output + "/checkpoint/weights.safetensors").tensors()
  weights["dense_1.bias"] = Tensor([0, 1, 2, .nan, 4, 5, 6, 7, 8, 9] as [Float], shape: [10])
  try SafetensorsFile.write(weights, to: folder.path("nan.safetensors"))
  try refused(
    try train(output, "--overwrite", "--from", folder.path("nan.safetensors")),
    "nan.safetensors: dense_1.bias holds nan at index 3")
  try refused(try train(output, "--overwrite", "--hold-out", "0.001"), "leaves nothing")

  func other(_ data: String, _ model: String, _ options: String...) throws -> Fovea {
    try Fovea(["train", model, "--data", data, "--output", output, "--overwrite", "--quiet"] + options)
  }
  let cut = TinyData.digits(in: folder, name: "cut")
  let images = URL(fileURLWithPath: folder.path("cut/train-images-idx3-ubyte"))
  try Data(contentsOf: images).dropLast(7).write(to: images)
  try refused(try other(cut, TinyData.model), "cut/train-images-idx3-ubyte: the images end after")
  let photos = TinyData.photos(in: folder, name: "cut-photos", perClass: 3)
  let photo = URL(fileURLWithPath: folder.path("cut-photos/red/1.png"))
  try Data(contentsOf: photo).dropLast(20).write(to: photo)
  let colours = "conv 2 3x3 - gap - fc 2"
  try refused(try other(photos, colours, "--input", "8x8x3"), "cut-photos/red/1.png: ")
  // 3 TB of activations.
  let many = TinyData.digits(in: folder, name: "heavy", train: 2000, side: 20)
  try refused(
    try other(many, "conv 1000000 1x1 - gap - fc 10", "--batch-size", "2000"), "use a smaller batch")

  // Its own weights are read before they are replaced.
  let replaced = try train(output, "--overwrite", "--from", output, "--seed", "5")
  #expect(replaced.status == 0, "\(replaced.errors)")
  #expect(try metrics(output).count == 3)
  #expect(folder.names(in: output) == ["checkpoint", "metrics.jsonl"], "the best epoch was the old training's")
}

@Test(arguments: [
  ("checkpoint/thesis.txt", "checkpoint: the folder there holds no training.json and is not replaced"),
  ("best/photo.txt", "best: the folder there holds no manifest.json and is not replaced"),
  ("metrics.jsonl", "metrics.jsonl: it belongs to no training that is here and is not replaced"),
])
func `somebody's own files are never replaced, and that is said before the data is read`(
  file: String, text: String
) throws {
  let project = "proj-" + file.prefix(4)
  folder.write([1, 2, 3], to: project + "/" + file)
  // The headers of the images are right, the images are not there.
  folder.write([0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 28, 0, 0, 0, 28], to: "headers/train-images-idx3-ubyte")
  for options in [[], ["--overwrite"]] {
    let result = try Fovea(
      ["train", "lenet5", "--data", "mnist:" + folder.path("headers"), "--keep-best", "--output"]
        + [folder.path(project)] + options)
    #expect(result.status == 1 && result.errors.contains(text), "\(result.errors)")
    #expect(result.errors.contains("choose another folder with --output"))
    #expect(try files(folder.path(project)).filter { $0.key == file }.values.first == Data([1, 2, 3]))
  }
}

@Test func `a folder called best is only in the way of a training that keeps its best`() throws {
  folder.write([1], to: "album/best/photo.txt")
  #expect(try train(folder.path("album")).status == 0)
  #expect(try train(folder.path("album"), "--overwrite").status == 0)
  #expect(folder.names(in: folder.path("album/best")) == ["photo.txt"])
}

@Test func `two trainings do not write to one folder`() throws {
  let output = folder.path("busy")
  let many = TinyData.digits(in: folder, name: "many", train: 2000, side: 20)
  let model = "conv 32 3x3 - relu - conv 32 3x3 - relu - pool - fc 10"
  let first = try RunningFovea(["train", model, "--data", many, "--epochs", "500", "--output", output, "--quiet"])
  first.wait { ((try? metrics(output).count) ?? 0) > 2 }
  let text = "fovea: \(output): another training writes to this folder now; wait for its end, or use another folder\n"
  for arguments in [[TinyData.model, "--data", data, "--output", output, "--overwrite"], ["--resume", output]] {
    let second = try Fovea(["train"] + arguments)
    #expect(second.status == 1 && second.output.isEmpty && second.errors == text)
  }
  first.send(SIGKILL)
  #expect(first.waitForResult().status == 128 + SIGKILL, "it was still running")
  #expect(try train(output, "--overwrite").status == 0, "a killed process holds no lock")
}
