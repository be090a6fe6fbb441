import FoveaCore
import FoveaData
import FoveaFormats
import FoveaNetwork
import FoveaTestSupport
import FoveaZoo
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

@Test func `a Keras file of one's own has ImageNet's preprocessing by default, an application's has its`() throws {
  let folder = TemporaryFolder()
  func preprocessing(_ file: String, _ model: String) throws -> Preprocessing? {
    let path = fixturePath(file, file: #filePath.replacing("FoveaCLITests", with: "FoveaNetworkTests"))
    // The name says nothing of classes, the new head keeps the file small.
    let output = folder.path(model.replacing(":", with: "-"))
    let converted = try Fovea("convert", path, output, "--model", model, "--new-head", "4")
    #expect(converted.status == 0, "\(converted.errors)")
    return try Network(contentsOf: output).preprocessing
  }
  #expect(
    try preprocessing("own.keras", "mobilenet-v1:input=32,width=0.05")
      == Preprocessing(parsing: "imagenet", for: [32, 32, 3]))
  #expect(
    try preprocessing("mobilenet.keras", "mobilenet-v3-small:input=45x34,width=0.05")
      == Preprocessing(crop: [45, 34], scale: 1, mean: [127.5], deviation: [127.5]))
}

@Test func `weights for ImageNet get the preprocessing of the published ones`() throws {
  let folder = TemporaryFolder()
  func preprocessing(_ model: String) throws -> Preprocessing? {
    let (weights, output) = (folder.path("w.safetensors"), folder.path("m"))
    #expect(try Fovea("convert", model, weights).status == 0)
    let converted = try Fovea("convert", weights, output, "--model", model)
    #expect(converted.status == 0, "\(converted.errors)")
    return try Network(contentsOf: output).preprocessing
  }
  #expect(try preprocessing("squeezenet1.1") == .imageNet)
  let centered = try Preprocessing(shortSide: 256, crop: [224, 224], mean: [0.5], deviation: [0.5])
  #expect(try preprocessing("mobilenet-v1:width=0.05") == centered)
  #expect(try preprocessing("googlenet") == centered)
}

@Test func `Caffe's weights for ImageNet want bytes, blue first`() throws {
  let folder = TemporaryFolder()
  let path = folder.write(CaffeBytes.model(field: 100), to: "a.caffemodel")
  #expect(try Catalogue.entry(for: "squeezenet1.1").preprocessing(of: WeightFile(contentsOf: path)) == "imagenet-caffe")
}

@Test func `a folder that is no model file is told as such`() throws {
  let folder = TemporaryFolder()
  let converted = try Fovea("convert", folder.path("."), folder.path("m"))
  #expect(converted.status == 1)
  #expect(converted.errors.contains("no model file: it holds no manifest.json"), "\(converted.errors)")
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

@Test func `weights that do not fit are listed to the last, with the model that they fit`() throws {
  let folder = TemporaryFolder()
  let weights = folder.path("weights.safetensors")
  #expect(try Fovea("convert", "resnet20:classes=7", weights).status == 0)
  let other = try Fovea("convert", weights, folder.path("m"), "--model", "lenet5")
  let lines = other.errors.split(separator: "\n")
  #expect(other.status == 1)
  #expect(
    lines.first?.hasSuffix("weights.safetensors: the weights are those of another architecture, in 107 ways:") == true)
  #expect(lines.count == 109 && lines.contains("  layer3.2.bn2.running_var belongs to no layer of the model"))
  #expect(lines.last == "they fit the model 'resnet20:classes=7'")
  let head = try Fovea("convert", weights, folder.path("m"), "--model", "resnet20")
  #expect(
    head.errors.hasSuffix(
      ": the weights are those of another architecture: linear.weight is 7×64, the model's is 10×64; "
        + "linear.bias is 7, the model's is 10; they fit the model 'resnet20:classes=7'\n"))
  for name in [
    "mobilenet-v1:width=0.5", "densenet-cifar:blocks=6-12-24,growth=24", "unet:filters=32", "resnet50:classes=3",
  ] {
    #expect(try Fovea("convert", name, weights).status == 0)
    let hint = try Fovea("convert", weights, folder.path("m"), "--model", "lenet5").errors
    #expect(hint.hasSuffix("they fit the model '\(name)'\n"), "\(name)")
  }
  let empty = folder.path("empty.npz")
  try NPZFile.write([:], to: empty)
  #expect(
    try Fovea("convert", empty, folder.path("m"), "--model", "lenet5").errors.hasSuffix(
      "empty.npz: it is an archive without entries; give one that holds arrays\n"))
}

@Test func `a model file gets a new head, and explains itself with weights of any format`() throws {
  let folder = TemporaryFolder()
  let (model, changed) = (folder.path("model"), folder.path("changed"))
  #expect(try Fovea("convert", "lenet5", model, "--seed", "3").status == 0)
  let converted = try Fovea("convert", model, changed, "--new-head", "4")
  #expect(converted.status == 0 && converted.output.hasSuffix(", 4 outputs\n"), "\(converted.errors)")
  let (before, after) = (try Network(contentsOf: model).parameters, try Network(contentsOf: changed).parameters)
  #expect(after["output.bias"]?.shape == [4])
  for (path, tensor) in before where !path.hasPrefix("output.") { #expect(after[path] == tensor) }
  let missing = try Fovea("convert", folder.path("nothing"), changed, "--new-head", "4")
  #expect(missing.errors.contains("nothing: there is no such file; check the path"))
  // The same weights as a state dict.
  #expect(try Fovea("convert", model, folder.path("w.npz")).status == 0)
  let picture = folder.path("a.png")
  try Image(height: 28, width: 28, color: .gray, pixels: (0..<784).map { UInt8($0 % 251) }).writePNG(to: picture)
  let place = [picture, "--layer", "c3", "--at", "4,7,3"]
  let own = try Fovea(["explain", model] + place)
  #expect(own.status == 0)
  #expect(try Fovea(["explain", "lenet5", "--weights", folder.path("w.npz")] + place).output == own.output)
}
