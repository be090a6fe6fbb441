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

@Test(arguments: ["runs/my model/x", "no such/file"]) func `a missing path with a blank is a missing path`(path: String)
  throws
{
  let result = try Fovea("summary", path)
  #expect(result.status == 1 && result.errors.contains("\(path): there is no such file or folder"), "\(result.errors)")
}
