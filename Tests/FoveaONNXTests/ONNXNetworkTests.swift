import FoveaCompiler
import FoveaCore
import FoveaData
import FoveaFiles
import FoveaFormats
import FoveaLayers
import FoveaNetwork
import FoveaTestSupport
import FoveaTraining
import Testing

/// N×C×H×W to N×H×W×C.
private func channelsLast(_ x: Tensor) -> Tensor { x.permuted([0, 2, 3, 1]) }

@Test func `as a network it takes images with their channels last`() throws {
  let arrays = try NPZFile.read(fixturePath("classifier.npz"))
  let network = try Network(onnx: fixturePath("classifier.onnx"))
  #expect(network.inputShape == [9, 12, 3])
  #expect(network.outputShape == [5])
  #expect(network.name == "classifier.onnx")
  let output = try network.predict(batch: channelsLast(arrays["x"]!))
  for (a, b) in zip(output.floats, arrays["scores"]!.floats) { #expect(abs(a - b) < 1e-5) }
}

@Test func `layers are called as their weights are, and no transposes stand between them`() throws {
  let network = try Network(onnx: fixturePath("classifier.onnx"))
  let layers = network.summary().layers
  #expect(
    layers.map(\.path)
      == [
        "conv1", "bn", "Relu", "pool.MaxPool", "block.conv", "block.LeakyRelu", "block.Add", "AveragePool", "Flatten",
        "fc", "Softmax",
      ])
  #expect(layers[0].kind == "Conv")
  #expect(layers[0].parameters == 8 * 27 + 8)
  #expect(layers[1].nonTrainable == 16)
  #expect(network.parameters.keys.contains("block.conv.weight"))
  // One before the flatten, which has its numbers channel by channel; other reorderings are to blocks of channels and back.
  let moved = try network.plan().steps.filter {
    guard case .strided = $0.kernel.inputLayouts.first, case .strided = $0.kernel.outputLayout else { return false }
    return $0.kernel.name.contains("transpose") || $0.kernel.name.contains("copy")
  }
  #expect(moved.count <= 2)
}

@Test func `a model file of it has the nodes without the weights, and gives the same bits`() throws {
  let folder = TemporaryFolder()
  let arrays = try NPZFile.read(fixturePath("classifier.npz"))
  let network = try Network(
    onnx: fixturePath("classifier.onnx"), classNames: ["a", "b", "c", "d", "e"],
    preprocessing: Preprocessing(crop: [9, 12], mean: [0.5], deviation: [0.25]))
  try network.save(to: folder.path("first"))
  try Network(contentsOf: folder.path("first")).save(to: folder.path("second"))
  let saved = try Network(contentsOf: folder.path("second"))
  #expect(saved.classNames == ["a", "b", "c", "d", "e"])
  #expect(saved.preprocessing == network.preprocessing)
  #expect(saved.name == "classifier.onnx")
  #expect(saved.parameters == network.parameters)
  let x = channelsLast(arrays["x"]!)
  #expect(try saved.predict(batch: x) == network.predict(batch: x))
  #expect(try folder.read("second/graph.onnx") == folder.read("first/graph.onnx"))
  // Its parameters lie under their names in safetensors, whose places the file does not say.
  let alone = #expect(throws: FormatError.self) { try Network(onnx: folder.path("first/graph.onnx")) }
  #expect(alone?.reason.contains("of the model file") == true)
  folder.write(try folder.read("first/graph.onnx").dropLast(3), to: "second/graph.onnx")
  #expect(throws: NetworkError.self) { try Network(contentsOf: folder.path("second")) }
}

@Test func `it is trained further, running averages too`() async throws {
  let network = try Network(onnx: fixturePath("classifier.onnx"))
  let before = network.parameters
  let data = try ArrayDataset(
    pixels: (0..<(8 * 324)).map { UInt8($0 % 251) }, labels: (0..<8).map { $0 % 5 }, sampleShape: [9, 12, 3],
    classNames: ["a", "b", "c", "d", "e"])
  let trainer = Trainer(network, loss: .crossEntropy, optimizer: SGD(learningRate: 0.1))
  try await trainer.fit(data, epochs: 1, batchSize: 4)
  for path in ["conv1.weight", "bn.weight", "bn.mean", "bn.var", "fc.bias"] {
    #expect(network.parameters[path] != before[path], "\(path)")
  }
}

@Test(
  .enabled(
    if: SharedData.path("weights/mnist/mnist-8.onnx") != nil && SharedData.path("mnist") != nil, "no shared data"),
  arguments: [
    ("mnist-8.onnx", "mean=0,deviation=1", 0.9890), ("lenet5.onnx", "mnist", 0.9913),
    ("cnn_mnist_pytorch.onnx", "mnist", 0.9907),
  ])
func `published files have their accuracy on MNIST`(name: String, preprocessing: String, accuracy: Double) throws {
  let network = try Network(onnx: SharedData.path("weights/mnist/\(name)")!)
  network.preprocessing = try Preprocessing(parsing: preprocessing, for: network.inputShape)
  let reference = try DataReference(parsing: "mnist:\(SharedData.path("mnist")!)")
  let samples = try reference.dataset(.test)
  let top1 = try network.evaluate(samples, batchSize: 128).top1
  #expect(abs(top1 - accuracy) <= 0.0002, "\(top1)")
}
