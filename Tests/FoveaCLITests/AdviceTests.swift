import FoveaCore
import FoveaFormats
import FoveaTestSupport
import Testing

// What the command says leads to something that works.

private let folder = TemporaryFolder()
private let data = TinyData.digits(in: folder)

@Test(arguments: ["checkpoint/", "./checkpoint", "checkpoint"])
func `a checkpoint is resumed by any spelling of its path`(spelling: String) throws {
  let output = folder.path("spelt-\(spelling.count)")
  #expect(
    try Fovea("train", TinyData.model, "--data", data, "--epochs", "1", "--output", output, "--quiet").status == 0)
  let resumed = try Fovea("train", "--resume", spelling, "--epochs", "2", "--quiet", in: output)
  #expect(resumed.status == 0, "\(resumed.errors)")
}

@Test func `weights that are not finite are refused by the name of their file`() throws {
  let weights = folder.path("nan.safetensors")
  let parameters = [
    "dense_1.weights": Tensor([1, .nan] as [Float], shape: [1, 2]), "dense_1.bias": Tensor(shape: [2]),
  ]
  try SafetensorsFile.write(parameters, to: weights)
  let input = folder.path("in.npz")
  try NPZFile.write(["input": Tensor(shape: [1, 1, 1, 1])], to: input)
  let result = try Fovea(
    "run", "fc 2", "--weights", weights, "--inputs", input, "--outputs", folder.path("out.npz"))
  #expect(result.status == 1)
  #expect(result.errors.contains("nan.safetensors: dense_1.weights holds a number that is not finite"))
}

@Test func `run names the array that does not fit, and no option that it has not`() throws {
  let input = folder.path("rows.npz")
  try NPZFile.write(["input": Tensor(shape: [2, 6])], to: input)
  let result = try Fovea("run", "fc 3", "--inputs", input, "--outputs", folder.path("out.npz"))
  #expect(result.status == 1 && result.errors.contains("rows.npz: the array is 2×6; a batch N×H×W×C is needed"))
}

@Test(arguments: ["runs/my model/x", "./no such"]) func `a missing path with a blank is a missing path`(path: String)
  throws
{
  let result = try Fovea("summary", path)
  #expect(result.status == 1 && result.errors.contains("\(path): there is no such file or folder"), "\(result.errors)")
}
