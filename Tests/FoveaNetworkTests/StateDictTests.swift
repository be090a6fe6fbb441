import FoveaCore
import FoveaFormats
import FoveaNetwork
import FoveaTestSupport
import FoveaZoo
import Testing

/// The twin of the model in `Fixtures/make_state_dicts.py`.
private let line = "input 6x5x2 - conv 3 3x3 - bn - relu - conv 4 1x1 - pool - fc 7 - relu - fc 4"

@Test(arguments: ["small.pth", "folded.pth"])
func `a state dict gives PyTorch's numbers, what follows a flatten and folded norms included`(name: String) throws {
  let network = try Network(named: line, weights: fixturePath(name))
  let arrays = try NPZFile.read(fixturePath("small.npz"))
  let output = try network.predict(batch: arrays["input"]!)
  #expect(relativeError(of: output.floats.map(Double.init), to: arrays["output"]!.floats.map(Double.init)) < 1e-5)
}

@Test func `every missing, surplus and mis-shaped tensor is named at once`() {
  let error = #expect(throws: NetworkError.self) { try Network(named: line, weights: fixturePath("wrong.pth")) }
  #expect(
    error?.description == "\(fixturePath("wrong.pth")): the weights are those of another architecture: "
      + "conv2d_2.bias is missing; dense_2.weight is 5×7, the model's is 4×7; extra.weight belongs to no layer of the model"
  )
}

@Test func `what is saved is read again as it is, and what is no weights is refused`() throws {
  let folder = TemporaryFolder()
  let network = try Network(named: line, weights: fixturePath("small.pth"))
  try network.save(to: folder.path("model"))
  let again = try Network(named: line, weights: folder.path("model/weights.safetensors"))
  #expect(again.parameters == network.parameters)
  let empty = #expect(throws: FormatError.self) {
    try Network(named: line, weights: folder.write([UInt8](), to: "empty.pth"))
  }
  #expect(empty?.reason == "it is empty; copy or download it again")
  let path = folder.write(Array("nothing".utf8), to: "nothing.pth")
  let error = #expect(throws: FormatError.self) { try Network(named: line, weights: path) }
  #expect(
    error?.reason
      == "no weights that are read here: none of .safetensors, PyTorch (.pt, .pth, .th), .npz, Keras (.h5, .keras), "
      + ".caffemodel")
}

@Test func `a first part that all names share is left out`() throws {
  let (folder, network) = (TemporaryFolder(), try Network(named: line, weights: fixturePath("small.pth")))
  let wrapped = Dictionary(uniqueKeysWithValues: try network.stateDict().map { ("model." + $0, $1) })
  try SafetensorsFile.write(wrapped, to: folder.path("wrapped"))
  #expect(try Network(named: line, weights: folder.path("wrapped")).parameters == network.parameters)
}

@Test(arguments: [
  ("module.", ["n_averaged"]), ("model.", ["criterion.weight"]), ("net.module.", ["n_averaged", "loss.scale"]),
])
func `what a training keeps beside the model is left out, and named`(prefix: String, others: [String]) throws {
  let folder = TemporaryFolder()
  let name = "resnet20:classes=2,input=16"
  let network = try Network(Catalogue.entry(for: name).make(), input: [16, 16, 3], seed: 3)
  var tensors = Dictionary(uniqueKeysWithValues: try network.stateDict().map { (prefix + $0, $1) })
  for other in others { tensors[other] = Tensor([1] as [Float], shape: [1]) }
  let path = folder.path("wrapped.safetensors")
  try SafetensorsFile.write(tensors, to: path)
  #expect(try Network(named: name, weights: path).parameters == network.parameters)
  let file = try WeightFile(contentsOf: path)
  let found = try Network.leftOut(of: file, for: Catalogue.entry(for: name), network)
  #expect(Set(found) == Set(others.map { String($0.prefix { $0 != "." }) }))
}

@Test func `layers beside the module that holds the others are found`() throws {
  let folder = TemporaryFolder()
  let name = "resnet20:classes=2,input=16"
  let network = try Network(Catalogue.entry(for: name).make(), input: [16, 16, 3], seed: 3)
  let tensors = try network.stateDict().map { ($0.hasPrefix("linear") ? $0 : "backbone." + $0, $1) }
  let path = folder.path("head.safetensors")
  try SafetensorsFile.write(Dictionary(uniqueKeysWithValues: tensors), to: path)
  #expect(try Network(named: name, weights: path).parameters == network.parameters)
}

@Test func `names tell whose padding a MobileNet has, unless it is said`() throws {
  let (folder, name) = (TemporaryFolder(), "mobilenet-v1:width=0.05,input=32,classes=2")
  let drawn = try Network(Catalogue.entry(for: name).make(), input: [32, 32, 3])
  try drawn.saveStateDict(to: folder.path("timm.safetensors"))
  let timm = try Network(named: name, weights: folder.path("timm.safetensors"))
  #expect(timm.name == "mobilenet-v1:classes=2,input=32,padding=symmetric,width=0.05")
  #expect((timm.model as? MobileNetV1)?.padding == .symmetric)
  let said = try Network(named: name + ",padding=same", weights: folder.path("timm.safetensors"))
  #expect((said.model as? MobileNetV1)?.padding == .same)
  // Files of our own, and TensorFlow's, have the names of others.
  try drawn.save(to: folder.path("ours"))
  let ours = try Network(named: name, weights: folder.path("ours/weights.safetensors"))
  #expect((ours.model as? MobileNetV1)?.padding == .same)
}

@Test func `a new head is drawn, and all else is the file's`() throws {
  let folder = TemporaryFolder()
  let ten = try Network(named: "resnet20", weights: write("resnet20", seed: 3, to: folder))
  let five = try Network(named: "resnet20", weights: folder.path("weights"), newHead: 5, seed: 9)
  #expect(five.outputShape == [5])
  for (path, tensor) in five.parameters where !path.hasPrefix("linear") { #expect(tensor == ten.parameters[path]) }
  #expect(five.parameters["linear.weights"]?.shape == [64, 5])
  let error = #expect(throws: NetworkError.self) {
    try Network(named: "resnet20:classes=5", weights: folder.path("weights"))
  }
  #expect(error?.description.contains("linear.weight") == true)
}

@Test func `a model with heads takes those of a file, one without leaves them out`() throws {
  let folder = TemporaryFolder()
  let file = try write("googlenet:aux=1,classes=3", seed: 5, to: folder)
  let headed = try Network(named: "googlenet:aux=1,classes=3", weights: file)
  let plain = try Network(named: "googlenet:classes=3", weights: file)
  let heads = headed.parameters.keys.filter { $0.hasPrefix("aux") }
  #expect(heads.count == 18 && Set(headed.parameters.keys).subtracting(plain.parameters.keys) == Set(heads))
  #expect(plain.parameters["fc.weights"] == headed.parameters["fc.weights"])
  // What is saved keeps its heads.
  try headed.save(to: folder.path("model"))
  #expect(try Network(contentsOf: folder.path("model")).parameters == headed.parameters)
  let second = TemporaryFolder()
  let other = try write("googlenet:classes=3", seed: 5, to: second)
  let error = #expect(throws: NetworkError.self) { try Network(named: "googlenet:aux=1,classes=3", weights: other) }
  #expect(error?.description.contains("aux1.conv.conv.weight is missing") == true)
}

/// Weights of a model as PyTorch would name and arrange them.
private func write(_ name: String, seed: UInt64, to folder: TemporaryFolder) throws -> String {
  let entry = try Catalogue.entry(for: name)
  let network = try Network(entry.make(), input: try #require(entry.input), seed: seed)
  var tensors: [String: Tensor] = [:]
  for (path, tensor) in network.parameters {
    let leaves = [
      "weights": "weight", "scale": "weight", "moving_mean": "running_mean", "moving_variance": "running_var",
    ]
    var parts = path.split(separator: ".").map(String.init)
    parts.append(leaves[parts.last!] ?? parts.last!)
    parts.remove(at: parts.count - 2)
    let rank = tensor.shape.rank
    var order = Array(0..<rank)
    if rank >= 2 { order = [rank - 1, rank - 2] + order.dropLast(2) }
    tensors[parts.joined(separator: ".")] = tensor.permuted(order)
  }
  try SafetensorsFile.write(tensors, to: folder.path("weights"))
  return folder.path("weights")
}
