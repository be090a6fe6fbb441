import CONNXChecker
import FoveaCore
import FoveaFiles
import FoveaFormats
import FoveaGraph
import FoveaLayers
import FoveaNetwork
import FoveaONNX
import FoveaTestSupport
import FoveaZoo
import Foundation
import Glibc
import Testing

/// What the checker of ONNX says of a file; `nil` if it has no complaint.
private func complaint(about path: String) throws -> String? {
  let bytes = try readFile(path, limit: 1 << 30)
  guard let text = connx_check(bytes, bytes.count) else { return nil }
  defer { free(text) }
  return String(cString: text)
}

/// Writes the network, has the file checked, and reads it again: both must give the same.
private func roundTrip(_ network: Network, _ name: String) throws {
  let folder = TemporaryFolder()
  try network.writeONNX(to: folder.path("model.onnx"))
  #expect(try complaint(about: folder.path("model.onnx")) == nil, "\(name)")
  let again = try Network(onnx: folder.path("model.onnx"))
  #expect(again.inputShape == network.inputShape, "\(name)")
  #expect(again.outputShape == network.outputShape, "\(name)")
  for batch in [1, 3] {
    let shape = Shape([batch] + network.inputShape.dimensions)
    let x =
      network.inputElementType == .int32
      ? Tensor((0..<shape.count).map { Int32($0 % 7) }, shape: shape) : Tensor(testNumbers(shape.count), shape: shape)
    let (wanted, found) = (try network.predict(batch: x), try again.predict(batch: x))
    let error = relativeError(of: found.floats.map(Double.init), to: wanted.floats.map(Double.init))
    #expect(error < 1e-5, "\(name), batch \(batch)")
  }
}

/// Numbers that no symmetry maps to themselves.
private func testNumbers(_ count: Int) -> [Float] {
  (0..<count).map { sin(Float($0) * 0.7) + 0.3 * cos(Float($0 * $0)) }
}

/// Numbers of its own before the positions of every example, as the class token of a transformer.
private struct ClassToken: Layer {
  func forward(_ x: Value) -> Value {
    let token = x.parameter("token", shape: [1, 1, x.channels], .glorotUniform)
    let stretched = token.applying(Op.Broadcast(to: [x.shape[0], 1, x.channels]))
    let rows = x.parameter("rows", shape: [x.channels], .glorotUniform)
    let twice = rows.applying(Op.Broadcast(to: [2 * x.shape[0], x.channels]))
    return concatenate([stretched, x, twice.reshaped(to: [x.shape[0], 2, x.channels])], axis: 1)
  }
}

/// Each example beside the first and the last of its batch.
private struct Neighbours: Layer {
  func forward(_ x: Value) -> Value {
    let size = Shape([1] + x.shape.dimensions.dropFirst())
    let zeros = [Int](repeating: 0, count: x.rank - 1)
    let first = x.applying(Op.Slice(from: [0] + zeros, size: size.dimensions))
    let last = x.applying(Op.Slice(from: [x.shape[0] - 1] + zeros, size: size.dimensions))
    return x + 2 * first - 3 * last
  }
}

/// Normalised by its batch, also when nothing is trained.
private struct BatchWise: Layer {
  func forward(_ x: Value) -> Value {
    let scale = x.parameter("scale", shape: [x.channels], .constant(2))
    let bias = x.parameter("bias", shape: [x.channels], .constant(0.5))
    return x.applying(Op.BatchNorm(epsilon: 0.01), scale, bias) * x.applying(Op.BatchMoments()).row(1)
  }
}

private let image: Shape = [9, 11, 6]

private let layers: [(String, any Layer, Shape)] = [
  ("convolution", Conv2D(filters: 4, kernel: 3, strides: 2, padding: .same), image),
  ("groups", Conv2D(filters: 6, kernel: 3, dilation: 2, groups: 3), image),
  ("reflected", Conv2D(filters: 4, kernel: 3, padding: .explicit(1), paddingMode: .reflect), image),
  ("one axis", Conv1D(filters: 4, kernel: 3, padding: .same), [12, 5]),
  ("three axes", Conv3D(filters: 4, kernel: 2), [4, 5, 6, 3]),
  ("depthwise", DepthwiseConv2D(kernel: 3, multiplier: 2), image),
  ("transposed", TransposedConv2D(filters: 4, kernel: 3, strides: 2, padding: .explicit(1), outputPadding: 1), image),
  ("transposed, same", TransposedConv2D(filters: 4, kernel: 3, strides: 2, padding: .same), image),
  ("locally connected", LocallyConnected2D(filters: 3, kernel: 3), image),
  ("max pool, up", MaxPool2D(3, strides: 2, roundsUp: true), image),
  ("min pool", MinPool2D(2), image),
  ("average pool, up", AveragePool2D(3, strides: 2, padding: .explicit(1), roundsUp: true), image),
  ("average pool", AveragePool2D(3, strides: 2, padding: .explicit(1), countsPadding: true), image),
  (
    "average pool, padding counts, up",
    AveragePool2D(3, strides: 2, padding: .explicit(1), countsPadding: true, roundsUp: true), image
  ),
  ("sum pool", SumPool2D(2), image),
  ("norm pool", LpPool2D(2), image),
  ("adaptive", AdaptiveAveragePool2D(4), image),
  ("global", GlobalAveragePool2D(), image),
  ("global maximum", GlobalMaxPool2D(), image),
  ("bilinear", Upsample2D(2, interpolation: .linear), image),
  ("nearest", Upsample2D(2), image),
  ("shuffle", PixelUnshuffle(3), [9, 12, 2]),
  ("group norm", GroupNorm(groups: 3), image),
  ("layer norm", LayerNorm(), image),
  ("instance norm", InstanceNorm(), image),
  ("response norm", LocalResponseNorm(size: 5), image),
  ("squeeze", SqueezeExcitation(reduction: 2), image),
  ("GELU", GELU(), image), ("ELU", ELU(), image), ("SELU", SELU(), image), ("Mish", Mish(), image),
  ("hard swish", HardSwish(), image), ("PReLU", PReLU(), image), ("leaky", LeakyReLU(), image),
  ("log softmax", LogSoftmax(), image), ("maxout", Maxout(pieces: 3), image), ("softsign", Softsign(), image),
  ("crop", Crop2D(1), image), ("class token", ClassToken(), [5, 4]), ("neighbours", Neighbours(), image),
  ("neighbours in rows", Neighbours(), [7]), ("batch-wise", BatchWise(), image), ("batch-wise rows", BatchWise(), [7]),
  (
    "permute",
    Sequential {
      ReLU(); Permute([3, 1, 2])
    }, image
  ), ("flip", Flip(axes: [1]), image),
  (
    "flatten",
    Sequential {
      Flatten(); Dense(5)
    }, image
  ),
]

@Test(arguments: layers.indices)
func `a layer goes to ONNX and back`(index: Int) throws {
  let (name, layer, input) = layers[index]
  try roundTrip(try Network(layer, input: input, seed: 3), name)
}

@Test(arguments: [
  "lenet5", "lenet5-1998", "resnet20", "squeezenet1.1:input=64", "mobilenet-v3-small:input=64",
  "shufflenet-v2:input=64",
  "convnext-tiny:input=32", "unet-same:input=32",
])
func `a model of the catalogue goes to ONNX and back`(name: String) throws {
  let entry = try Catalogue.entry(for: name)
  try roundTrip(try Network(entry.make(), input: entry.input!, seed: 1), name)
}

@Test func `words go to ONNX as whole numbers`() throws {
  let model = Sequential {
    Embedding(count: 10, size: 4)
    Conv1D(filters: 3, kernel: 2)
    GlobalMaxPool1D()
  }
  try roundTrip(try Network(model, input: [7], elementType: .int32), "words")
}

/// What it computes has the batch's size in it, not in the shapes alone.
private struct Counted: Layer {
  enum Way: String, CaseIterable { case factor, constant, order }
  let way: Way

  func forward(_ x: Value) -> Value {
    let count = x.shape[0]
    return switch way {
    case .factor: Float(count) * x
    case .constant: x * x.builder.constant(Tensor((0..<count).map(Float.init), shape: [count, 1]))
    case .order:
      x.applying(Op.SparseMap(along: 0, SparseMatrix(gathering: (0..<count).reversed(), of: count)))
    }
  }
}

@Test(arguments: Counted.Way.allCases)
fileprivate
  func `what holds for one size of the batch alone is refused, not written`(way: Counted.Way) throws
{
  let (folder, network) = (TemporaryFolder(), try Network(Counted(way: way), input: [5]))
  let error = #expect(throws: FormatError.self) { try network.writeONNX(to: folder.path("model.onnx")) }
  #expect(error?.reason.contains("the size of the batch") == true, "\(error?.reason ?? "")")
  #expect(!FileManager.default.fileExists(atPath: folder.path("model.onnx")))
}

@Test func `a bias is part of its operator, and batch normalisation has its own vectors`() throws {
  let model = Sequential {
    Conv2D(filters: 4, kernel: 3)
    BatchNorm()
    ReLU()
    Flatten()
    Dense(3)
  }
  let folder = TemporaryFolder()
  try Network(model, input: [5, 5, 2]).writeONNX(to: folder.path("a.onnx"))
  let graph = try ONNXFile.read(folder.path("a.onnx"))
  #expect(graph.opset == 17)
  #expect(graph.nodes.map(\.type) == ["Conv", "BatchNormalization", "Relu", "Transpose", "Reshape", "Gemm"])
  #expect(graph.inputs.map(\.dimensions) == [[nil, 2, 5, 5]])
  #expect(graph.outputs.map(\.dimensions) == [[nil, 3]])
  #expect(graph.initializers["conv2d_1.weights"]?.shape == [4, 2, 3, 3])
}

@Test func `what ONNX cannot say is an error that names every layer, and no file is left`() throws {
  let folder = TemporaryFolder()
  let model = Sequential {
    AveragePool2D(2, strides: 1, dilation: 2)
    LpPool2D(2, power: 1.5)
    AveragePool2D(2, strides: 1, dilation: 2)
  }
  let error = #expect(throws: FormatError.self) {
    try Network(model, input: [12, 12, 3]).writeONNX(to: folder.path("a.onnx"))
  }
  #expect(
    error?.reason
      == "ONNX's operators of version 17 cannot say this: dilated average pooling (average_pool2d_1, average_pool2d_2); "
      + "pooling by a norm of 1.5, or dilated (lp_pool2d_1)")
  #expect(FileStatus(folder.path("a.onnx")) == nil)
}

/// Those that occur in no graph for inference, and what has no operator there.
private let neverExported: Set<String> = [
  "input", "parameter", "constant", "convolution_weights_gradient", "patches_gradient", "cross_entropy", "ctc",
  "dropout", "random_uniform", "descend", "second_moment", "adam_descend",
]

@Test func `every other operation can be written`() {
  for operation in Op.all where !neverExported.contains(operation.name) {
    guard !operation.name.hasSuffix("_gradient") && !operation.name.hasSuffix("_reductions") else { continue }
    #expect(GraphExport.canWrite(operation), "\(operation.name)")
  }
}
