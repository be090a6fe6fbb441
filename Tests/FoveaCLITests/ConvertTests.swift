import FoveaCore
import FoveaData
import FoveaFormats
import FoveaTestSupport
import Testing

@Test(.enabled(if: SharedData.path("weights/mnist/lenet_iter_10000.caffemodel") != nil, "the shared data are missing"))
func `Caffe's LeNet names 99.14 % of MNIST's test pictures, and its weights come out as they went in`() throws {
  let folder = TemporaryFolder()
  let weights = SharedData.path("weights/mnist/lenet_iter_10000.caffemodel")!
  let converted = try Fovea(
    "convert", weights, folder.path("lenet"), "--model", "lenet-caffe", "--preprocessing",
    "scale=1,mean=0,deviation=256")
  #expect(converted.status == 0, "\(converted.errors)")
  if let data = SharedData.path("mnist") {
    let evaluated = try Fovea("evaluate", folder.path("lenet"), "--data", "mnist:\(data)", "--json").object()
    #expect(abs((evaluated["top1"] as? Double ?? 0) - 0.9914) < 0.0002)
  }
  let written = try Fovea("convert", folder.path("lenet"), folder.path("lenet.npz"))
  #expect(written.output == "\(folder.path("lenet.npz")): lenet-caffe, 431,080 numbers, 10 outputs\n")
  let (original, again) = (try WeightFile(contentsOf: weights), try NPZFile.read(folder.path("lenet.npz")))
  #expect(Set(original.names) == Set(again.keys))
  for name in original.names { #expect(try original.tensor(name) == again[name], "\(name)") }
}

@Test func `a Keras file of another architecture, and one whose strides lie elsewhere`() throws {
  let folder = TemporaryFolder()
  let text = try Fovea("convert", folder.write(Array("no HDF5".utf8), to: "a.h5"), folder.path("b"), "--model", "vgg16")
  #expect(text.status == 1)
  #expect(text.errors.contains("no weights that are read here"))
  let head = try Fovea("summary", "resnet50:strided=3")
  #expect(head.status != 0)
  #expect(head.errors.contains("'strided=3' of resnet50: give a whole number, 1 to 2"))
}

@Test func `of an ONNX file with several outputs the first is kept, and the others are named`() throws {
  let folder = TemporaryFolder()
  let file = fixturePath("shapes.onnx", file: #filePath.replacing("FoveaCLITests", with: "FoveaONNXTests"))
  let converted = try Fovea("convert", file, folder.path("m"))
  #expect(converted.status == 0)
  #expect(converted.errors == "\(file): the first output is kept; left out: logits, normal\n")
}

@Test func `what is read is not written over, and a file of a kind that is not written is refused`() throws {
  let folder = TemporaryFolder()
  let weights = folder.path("a.safetensors")
  #expect(try Fovea("convert", "lenet5", weights).status == 0)
  let before = try folder.read("a.safetensors")
  let over = try Fovea("convert", weights, folder.path("./a.safetensors"), "--model", "lenet5")
  #expect(over.status == 1)
  #expect(over.errors.contains("this is IN itself, which would be lost; give OUT another name"))
  #expect(try folder.read("a.safetensors") == before)
  let other = try Fovea("convert", "lenet5", folder.path("a.pth"))
  #expect(other.status == 1)
  #expect(other.errors.contains(".pth files are not written; use .safetensors, .npz or .onnx"))
  let arrays = folder.path("in.npz")
  try NPZFile.write(["input": Tensor(shape: [1, 32, 32, 1])], to: arrays)
  let run = try Fovea("run", "lenet5", "--inputs", arrays, "--outputs", arrays)
  #expect(run.status == 1)
  #expect(run.errors.contains("this is read, and would be lost; give --outputs another name"))
  #expect(try NPZFile.read(arrays).keys.sorted() == ["input"])
}
