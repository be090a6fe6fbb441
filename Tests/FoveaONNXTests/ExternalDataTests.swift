import FoveaCore
import FoveaFiles
import FoveaFormats
import FoveaLayers
import FoveaNetwork
import FoveaONNX
import FoveaTestSupport
import Glibc
import Testing

// `Fixtures/make_external.py` made the file with PyTorch's exporter, which puts weights beside it.

private func copied() throws -> TemporaryFolder {
  let folder = TemporaryFolder()
  for name in ["external.onnx", "external.onnx.data"] { folder.write([UInt8](try fixture(name)), to: name) }
  return folder
}

@Test(arguments: BackendChoice.allCases)
func `weights in the file beside are read there`(backend: BackendChoice) throws {
  let arrays = try NPZFile.read(fixturePath("external.npz"))
  let path = fixturePath("external.onnx")
  let output = try ONNXModel.run(path, on: ["x": arrays["x"]!], backend: backend)["y"]!
  #expect(output.shape == [2, 5])
  for (a, b) in zip(output.floats, arrays["y"]!.floats) { #expect(abs(a - b) < 1e-5) }
  let graph = try ONNXFile.read(path)
  let weights = try #require(graph.initializers.first { $0.value.shape == [16, 8, 3, 3] }?.value)
  guard case .floats(let floats) = weights.content else { throw FormatError(.damaged, path, "no floats") }
  #expect(!floats.sharedMemory.isWritable)
}

@Test func `a model file of it has everything that the file beside had`() throws {
  let folder = try copied()
  let arrays = try NPZFile.read(fixturePath("external.npz"))
  let x = arrays["x"]!.permuted([0, 2, 3, 1])
  let network = try Network(onnx: folder.path("external.onnx"), input: [7, 9, 3])
  try network.save(to: folder.path("saved"))
  let wanted = try network.predict(batch: x)
  for (a, b) in zip(wanted.floats, arrays["y"]!.floats) { #expect(abs(a - b) < 1e-5) }
  // Without what it was made of.
  unlink(folder.path("external.onnx"))
  unlink(folder.path("external.onnx.data"))
  #expect(try Network(contentsOf: folder.path("saved")).predict(batch: x) == wanted)
}

/// The reason why the file in `folder` is refused.
private func refusal(in folder: TemporaryFolder) -> String? {
  #expect(throws: FormatError.self) { try ONNXFile.read(folder.path("external.onnx")) }?.reason
}

@Test func `a file beside that is missing, cut off, a folder or a link to elsewhere is refused`() throws {
  let (folder, other) = (try copied(), try copied())
  let data = folder.path("external.onnx.data")
  folder.write(try folder.read("external.onnx.data").dropLast(1), to: "external.onnx.data")
  #expect(
    refusal(in: folder)?.hasSuffix("which has 8191: cut off, or of another model; copy it again with its model") == true
  )
  unlink(data)
  #expect(
    refusal(in: folder)?.hasSuffix(
      "lies in 'external.onnx.data', which is not there; put that file into the folder of the model") == true)
  symlink(other.path("external.onnx.data"), data)
  #expect(refusal(in: folder)?.contains("a link out of the model's folder") == true)
  unlink(data)
  mkdir(data, 0o777)
  #expect(refusal(in: folder)?.contains("no regular file") == true)
  rmdir(data)
  mkfifo(data, 0o666)
  #expect(refusal(in: folder)?.contains("no regular file") == true)
  unlink(data)
  // A link that stays inside is a file like any other.
  folder.write(try other.read("external.onnx.data"), to: "weights/real")
  symlink("weights/real", data)
  #expect(try ONNXFile.read(folder.path("external.onnx")).initializers.count == 9)
}

@Test(arguments: ["/tmp/external.data", "../external.data12", "a/../external.data"])
func `a place outside the folder is refused`(location: String) throws {
  let folder = try copied()
  // Of equal length, so that the lengths before it stay right.
  let changed = (location + String(repeating: "x", count: 18)).prefix(18)
  let bytes = try folder.read("external.onnx").replacing(Array("external.onnx.data".utf8), with: Array(changed.utf8))
  folder.write(bytes, to: "external.onnx")
  #expect(refusal(in: folder)?.contains("only the model's folder is looked into") == true)
}

@Test(arguments: [
  ("4608", "4604", "its shape and type need 4608"), ("5472", "9999", "which has 8192"),
  ("5472", "-472", "is no number"), ("5472", "54x2", "is no number"),
])
func `bytes that are not the tensor's are refused`(old: String, new: String, reason: String) throws {
  let folder = try copied()
  let bytes = try folder.read("external.onnx").replacing(Array(old.utf8), with: Array(new.utf8))
  folder.write(bytes, to: "external.onnx")
  #expect(refusal(in: folder)?.contains(reason) == true)
}

@Test func `in memory there is no file beside`() throws {
  let bytes = [UInt8](try fixture("external.onnx"))
  let error = #expect(throws: FormatError.self) {
    try bytes.withUnsafeBytes { bytes throws(FormatError) in try ONNXFile.read(bytes, path: "external.onnx") }
  }
  #expect(error?.reason.contains("lie in another file") == true)
}
