import FoveaCore
import FoveaFiles
import FoveaFormats
import FoveaLayers
import FoveaNetwork
import FoveaTestSupport
import Testing

/// The twin of the model in `Fixtures/make_keras.py`; ε is not Keras's.
private struct Chain: Model {
  var body: Sequential {
    Conv2D(filters: 3, kernel: 3, padding: .same)
    BatchNorm()
    ReLU()
    SeparableConv2D(filters: 4, kernel: 3, multiplier: 2, padding: .same)
    BatchNorm()
    ReLU()
    DepthwiseConv2D(kernel: 3)
    Dropout(0.5)
    Flatten()
    Dense(7, activation: .relu)
    Dense(4)
  }
}

/// The chain whose first convolution leaves its bias to the normalisation behind it.
private struct WithoutBias: Model {
  var body: Sequential {
    Conv2D(filters: 3, kernel: 3, padding: .same, bias: false)
    for layer in Chain().body.layers.dropFirst() { layer }
  }
}

private struct Words: Model {
  var body: Sequential {
    Embedding(count: 9, size: 3)
    Conv1D(filters: 4, kernel: 3, activation: .relu)
    GlobalAveragePool1D()
    Dense(2)
  }
}

private func expectSame(_ network: Network, as vectors: String) throws {
  let arrays = try NPZFile.read(fixturePath(vectors))
  let output = try network.predict(batch: arrays["input"]!)
  #expect(relativeError(of: output.floats.map(Double.init), to: arrays["output"]!.floats.map(Double.init)) < 1e-5)
}

@Test(arguments: ["chain.keras", "chain-model.h5", "chain-names.h5"])
func `Keras's numbers, from each of its kinds of files`(name: String) throws {
  let network = try Network(Chain(), input: [6, 5, 2], weights: fixturePath(name))
  // Files of weights alone do not say ε; the second normalisation has not Keras's own.
  if name != "chain-names.h5" { try expectSame(network, as: "keras.npz") }
  let file = try KerasFile(contentsOf: fixturePath(name))
  #expect(
    file.layers.map(\.name) == [
      "conv2d", "batch_normalization", "separable_conv2d", "batch_normalization_1", "depthwise_conv2d", "dense",
      "dense_1",
    ])
  #expect(file.layers[1].weights.map(\.leaf) == ["gamma", "beta", "moving_mean", "moving_variance"])
  #expect(file.layers[2].weights.map(\.leaf) == ["depthwise_kernel", "pointwise_kernel"])
  #expect(file.layers.map(\.epsilon)[3] == (name == "chain-names.h5" ? nil : 0.01))
}

@Test(arguments: ["chain.weights.h5", "chain-packed.h5", "chain-latest.h5"])
func `the same weights without a configuration, by classes, and packed under the names of Keras 1`(name: String) throws
{
  let network = try Network(Chain(), input: [6, 5, 2], weights: fixturePath(name))
  let same = try Network(Chain(), input: [6, 5, 2], weights: fixturePath("chain-names.h5"))
  #expect(network.parameters == same.parameters)
  let whole = try Network(Chain(), input: [6, 5, 2], weights: fixturePath("chain.keras"))
  for (path, tensor) in whole.parameters where path != "batch_norm_2.moving_variance" {
    #expect(network.parameters[path] == tensor, "\(path)")
  }
}

@Test func `a bias that a convolution has not here goes into the mean behind it`() throws {
  let network = try Network(WithoutBias(), input: [6, 5, 2], weights: fixturePath("chain.keras"))
  try expectSame(network, as: "keras.npz")
}

@Test func `words`() throws {
  let network = try Network(Words(), input: [6], elementType: .int32, weights: fixturePath("words.weights.h5"))
  try expectSame(network, as: "keras-words.npz")
}

@Test func `every layer of Keras's that does not fit is named`() {
  struct Other: Model {
    var body: Sequential {
      Conv2D(filters: 3, kernel: 3, padding: .same)
      BatchNorm()
      Flatten()
      Dense(4)
    }
  }
  let error = #expect(throws: NetworkError.self) {
    try Network(Other(), input: [6, 5, 2], weights: fixturePath("chain.weights.h5"))
  }
  #expect(
    error?.description == "\(fixturePath("chain.weights.h5")): the weights are those of another architecture: "
      + "dense/kernel is 48×7, the model's is 90×4; dense/bias is 7, the model's is 4; batch_normalization_1 is no layer "
      + "of the model; dense_1 is no layer of the model; depthwise_conv2d is no layer of the model; "
      + "separable_conv2d/depthwise is no layer of the model; separable_conv2d/pointwise is no layer of the model")
}

@Test func `where branches part, order is not guessed`() {
  let error = #expect(throws: NetworkError.self) {
    try Network(named: "mobilenet-v2", weights: fixturePath("chain.keras"))
  }
  #expect(error?.description.hasSuffix("order alone does not tell which is which") == true)
}

@Test(arguments: [
  ("no-keras.h5", "an HDF5 file without layers that have weights: it is none of Keras's"),
  ("linked.h5", "'layers/dense/vars/0' is not read: it is a link to another place, which is not followed"),
  ("external.h5", "'layers/dense/vars/0' is not read: its numbers lie in another file"),
  ("virtual.h5", "'layers/dense/vars/0' is not read: its numbers lie in other data sets"),
  ("promised.h5", "a damaged HDF5 file: 'layers/dense/vars/0': it promises more than such a file can hold"),
  ("first.keras", "its layer 'conv2d' takes images channels first; save the model with channels last"),
])
func `what is no file of Keras's weights, or leads elsewhere, is refused`(name: String, reason: String) {
  let error = #expect(throws: FormatError.self) { try WeightFile(contentsOf: fixturePath(name)) }
  #expect(error?.reason == reason)
}

@Test func `a file whose groups contain each other is refused`() {
  let error = #expect(throws: FormatError.self) { try WeightFile(contentsOf: fixturePath("round.h5")) }
  #expect(error?.reason.hasSuffix("its groups are nested too deep") == true)
}

@Test func `a configuration that is nested deep is refused before it is decoded`() throws {
  let deep = String(repeating: "{\"class_name\":\"A\",\"config\":{\"layers\":[", count: 20_000)
  let weights = [UInt8](try fixture("chain.weights.h5"))
  let path = TemporaryFolder()
  let file = path.path("deep.keras")
  try AtomicFile.write(to: file) { output throws(FileError) in
    let writer = try ZipWriter(output)
    for (name, bytes) in [("config.json", Array(deep.utf8)), ("model.weights.h5", weights)] {
      let result = bytes.withUnsafeBytes { bytes in Result { () throws(FileError) in try writer.add(name, [bytes]) } }
      try result.get()
    }
    try writer.finish()
  }
  let error = #expect(throws: FormatError.self) { try WeightFile(contentsOf: file) }
  #expect(error?.reason == "the configuration of the model is nested more than 64 deep")
}
