import FoveaTestSupport
import Testing

private let folder = TemporaryFolder()
private let data = TinyData.digits(in: folder)

private func train(_ output: String, _ options: String...) throws -> Fovea {
  try Fovea(["train", TinyData.model, "--epochs", "1", "--quiet", "--output", output] + options)
}

@Test func `a training is replaced only when the new one can begin`() throws {
  let output = folder.path("old")
  #expect(try train(output, "--data", data).status == 0)
  let before = folder.names(in: output + "/checkpoint")
  let damaged = TinyData.digits(in: folder, name: "damaged")
  folder.write([0, 0, 8, 3, 0, 0, 0, 200, 0, 0, 0, 12, 0, 0, 0, 12], to: "damaged/train-images-idx3-ubyte")
  for options in [["--data", damaged], ["--data", data, "--from", folder.path("none")]] {
    let result = try Fovea(
      ["train", TinyData.model, "--epochs", "1", "--output", output, "--overwrite", "--quiet"] + options)
    #expect(result.status == 1)
    #expect(folder.names(in: output + "/checkpoint") == before)
    #expect(try Fovea("evaluate", output, "--data", data).status == 0)
  }
  // From its own weights, which lie in the folder that is replaced.
  #expect(try train(output, "--data", data, "--from", output, "--overwrite").status == 0)
  #expect(try Fovea("evaluate", output, "--data", data).status == 0)
}

@Test(arguments: ["checkpoint", "best"]) func `somebody's own folders are left alone`(name: String) throws {
  let output = folder.path("own-" + name)
  folder.write([1], to: "own-\(name)/\(name)/thesis.txt")
  for options in [[], ["--overwrite"], ["--keep-best"]] {
    let result = try Fovea(
      ["train", TinyData.model, "--data", data, "--epochs", "1", "--output", output, "--quiet"] + options)
    #expect(result.status == 1 && result.errors.contains("\(name) is not of a training"), "\(result.errors)")
    #expect(folder.names(in: output + "/" + name) == ["thesis.txt"])
  }
}
