import FoveaCore
import FoveaExplain
import FoveaLayers
import FoveaNetwork
import Foundation
import Testing

/// A layer of every kind, with attributes that matter, on an input of odd sizes.
private let examples: [(layer: any Layer, input: Shape)] = [
  (Conv1D(filters: 3, kernel: 3, strides: 2, padding: .same, activation: .relu), [11, 2]),
  (Conv2D(filters: 4, kernel: Size2D(3, 2), dilation: 2, groups: 2, padding: .full, flipped: true), [7, 6, 4]),
  (Conv2D(filters: 3, kernel: 3, padding: .explicit(2), paddingMode: .reflect), [5, 6, 2]),
  (Conv2D(filters: 3, kernel: 3, strides: 2, padding: .same, paddingMode: .replicate), [5, 6, 2]),
  (Conv2D(filters: 3, kernel: 5, padding: .same, paddingMode: .circular), [5, 6, 2]),
  (Conv2D(filters: 16, kernel: 3, connections: .leNet5, activation: .tanh), [6, 5, 6]),
  (Conv3D(filters: 2, kernel: 2, strides: Size3D(1, 2, 1), padding: .same), [4, 5, 3, 2]),
  (DepthwiseConv1D(kernel: 3), [9, 4]),
  (DepthwiseConv2D(kernel: 3, multiplier: 2, strides: 2, padding: .same), [7, 6, 3]),
  (DepthwiseConv3D(kernel: 2), [4, 3, 5, 2]),
  (SeparableConv2D(filters: 5, kernel: 3, multiplier: 2), [6, 7, 3]),
  (TransposedConv1D(filters: 2, kernel: 4, strides: 3, padding: .explicit(1)), [5, 3]),
  (TransposedConv2D(filters: 4, kernel: 3, strides: 2, groups: 2, padding: .explicit(1), outputPadding: 1), [4, 5, 6]),
  (TransposedConv2D(filters: 2, kernel: 3, strides: 2, dilation: 2, padding: .same, activation: .sigmoid), [4, 3, 2]),
  (TransposedConv3D(filters: 2, kernel: 2, strides: 2), [2, 3, 2, 3]),
  (LocallyConnected1D(filters: 2, kernel: 3, strides: 2), [9, 3]),
  (LocallyConnected2D(filters: 3, kernel: Size2D(2, 3), padding: .same), [5, 6, 2]),
  (LocallyConnected3D(filters: 2, kernel: 2), [3, 4, 3, 2]),
  (MaxPool1D(3, strides: 2, padding: .explicit(1)), [9, 2]), (MaxPool2D(3, strides: 2, roundsUp: true), [8, 6, 3]),
  (MaxPool2D(2, strides: 1, dilation: 2), [6, 7, 2]), (MaxPool3D(2), [4, 4, 6, 2]),
  (MinPool2D(3, strides: 1), [5, 6, 2]),
  (AveragePool2D(3, strides: 2, padding: .explicit(1), countsPadding: true, roundsUp: true), [6, 8, 2]),
  (AveragePool2D(3, strides: 2, padding: .same), [6, 7, 2]), (AveragePool2D(2, divisor: 3), [6, 4, 2]),
  (AveragePool1D(2), [8, 3]), (SumPool2D(2, padding: .explicit(1)), [5, 6, 2]), (LpPool2D(3, power: 3), [6, 6, 2]),
  (LpPool3D(2), [4, 4, 4, 1]),
  (GlobalAveragePool2D(), [5, 4, 3]), (GlobalSumPool1D(), [7, 3]), (GlobalMaxPool3D(), [3, 2, 4, 2]),
  (GlobalMinPool2D(), [4, 5, 3]), (GlobalLpPool2D(power: 3), [4, 5, 3]),
  (AdaptiveAveragePool2D(Size2D(3, 2)), [7, 5, 2]), (AdaptiveAveragePool2D(2), [6, 4, 2]),
  (AdaptiveSumPool1D(3), [8, 2]), (AdaptiveMaxPool2D(Size2D(3, 4)), [7, 9, 2]), (AdaptiveMinPool1D(4), [9, 2]),
  (AdaptiveLpPool2D(3), [7, 7, 1]),
  (Unpooling(), [6, 8, 2]),
  (Upsample2D(Size2D(2, 3)), [3, 4, 2]), (Upsample2D(2, interpolation: .linear), [3, 4, 2]),
  (Upsample2D(to: Size2D(7, 5), interpolation: .cubic, alignsCorners: true), [4, 6, 2]),
  (Upsample1D(3, interpolation: .linear, alignsCorners: true), [5, 2]), (Upsample3D(2), [2, 3, 2, 1]),
  (PixelShuffle(2), [3, 4, 8]), (PixelUnshuffle(3), [6, 9, 2]),
  (Gather([3, 0, 3], axis: 1), [4, 5, 2]), (Flip(axes: [1, 2]), [4, 5, 2]), (Repeat([2, 1, 3]), [3, 4, 2]),
  (RepeatVector(4), [6]), (Flatten(), [3, 4, 2]), (Reshape([2, 12]), [3, 4, 2]), (Permute([3, 1, 2]), [3, 4, 2]),
  (Pad(before: [1, 0, 1], after: [0, 2, 0], value: 0.5), [3, 4, 2]), (ZeroPadding2D(1), [3, 4, 2]),
  (Crop(before: [1, 0, 1], after: [0, 2, 0]), [3, 4, 3]), (Crop2D(1), [5, 4, 2]),
  (Dense(5), [7]), (BatchNorm(), [4, 5, 3]), (Dropout(0.5), [4, 5, 3]),
  (ReLU(), [3, 4, 2]), (Tanh(), [3, 4, 2]), (Sigmoid(), [3, 4, 2]), (Softmax(), [5]), (LogSoftmax(), [5]),
  (Softmax(beta: 2), [5]), (Maxout(pieces: 2), [3, 4, 6]), (ReLU6(), [3, 4, 2]), (HardTanh(-0.3, 0.4), [3, 4, 2]),
  (LeakyReLU(slope: 0.2), [3, 4, 2]), (PReLU(), [3, 4, 2]), (RandomizedLeakyReLU(), [3, 4, 2]),
  (ELU(alpha: 0.5), [3, 4, 2]),
  (CELU(alpha: 2), [3, 4, 2]), (SELU(), [3, 4, 2]), (GELU(), [3, 4, 2]), (GELU(.tanh), [3, 4, 2]), (SiLU(), [3, 4, 2]),
  (Swish(beta: 1.5), [3, 4, 2]), (HardSwish(), [3, 4, 2]), (Mish(), [3, 4, 2]), (ScaledTanh(), [3, 4, 2]),
  (LogSigmoid(), [3, 4, 2]), (HardSigmoid(), [3, 4, 2]), (Softplus(), [3, 4, 2]), (Softsign(), [3, 4, 2]),
  (GroupNorm(groups: 2), [4, 5, 6]), (InstanceNorm(affine: true), [4, 5, 3]), (LayerNorm(), [4, 5, 3]),
  (LayerNorm(over: .example), [4, 5, 3]), (LocalResponseNorm(size: 3, alpha: 0.1), [3, 4, 7]),
  (LocalResponseNorm(size: 3, alpha: 0.5, over: .positions, alphaConvention: .mean), [5, 4, 3]),
  (SpatialDropout(0.5), [4, 5, 3]), (StochasticDepth(0.5), [4, 5, 3]), (SqueezeExcitation(reduction: 2), [4, 5, 6]),
  (RBF(3), [5]),
  (WeightNorm { Conv2D(filters: 3, kernel: 3, activation: .relu) }, [5, 4, 2]), (DropConnect(0.5) { Dense(4) }, [6]),
  (
    Residual(activation: .relu) {
      Conv2D(filters: 4, kernel: 3, padding: .same)
    } shortcut: {
      Conv2D(filters: 4, kernel: 1)
    }, [5, 4, 2]
  ),
  (
    Concatenate {
      Conv2D(filters: 2, kernel: 3, padding: .same)
      Flip(axes: [2])
      MaxPool2D(3, strides: 1, padding: .same)
    }, [5, 4, 2]
  ),
]

/// Max pooling and back.
private struct Unpooling: Layer {
  func forward(_ x: Value) -> Value {
    let (pooled, switches) = MaxPool2D(2).withSwitches(x)
    return MaxUnpool2D(name: "unpool")(pooled * pooled, switches)
  }
}

/// Layers that take whole numbers from 0 to 4.
private let integerExamples: [(layer: any Layer, input: Shape)] = [
  (Embedding(count: 5, size: 3), [7]), (Embedding(count: 5, size: 2), [3, 4]), (OneHot(classes: 5), [6]),
  (OneHot(classes: 3), [3, 4]),
  (
    Sequential {
      Embedding(count: 5, size: 3)
      Conv1D(filters: 2, kernel: 3, padding: .same)
    }, [7]
  ),
]

/// After a convolution, so that the layer's input is no plain noise and its field has something to widen.
private func model(of layer: any Layer, on input: Shape) -> (Sequential, Shape) {
  guard input.rank == 3 else { return (Sequential([layer]), input) }
  let before = Conv2D(filters: input.channels, kernel: 2, padding: .valid)
  return (Sequential([before, layer]), [input[0] + 1, input[1] + 1, input[2]])
}

@Test(arguments: examples.indices, [BackendChoice.onednn, .reference])
func `every kind of layer is its terms, and sees its field alone`(index: Int, backend: BackendChoice) throws {
  let example = examples[index]
  let (model, shape) = model(of: example.layer, on: example.input)
  let network = try Network(model, input: shape, seed: UInt64(index), backend: backend)
  let input = noise(shape)
  var generator = Generator()
  for layer in try trace(model, input: shape).layers where layer.depth > 0 {
    for _ in 0..<4 {
      let position = layer.outputShape.ofExample.dimensions.map { Int.random(in: 0..<$0, using: &generator) }
      let explanation = try network.explain(input, layer: layer.path, at: position)
      let name = "\(layer.path) of \(example.layer) at \(position)"
      #expect(explanation.agrees, "\(name): \(explanation.value) ≠ \(explanation.programValue)")
      #expect(!explanation.steps.isEmpty && explanation.steps.allSatisfy { $0.arithmetic.isComplete }, "\(name)")
      // Whatever lies outside of its field can be anything.
      let elsewhere = outside(of: explanation.field, in: input)
      let other = try network.explain(elsewhere, layer: layer.path, at: position)
      #expect(other.programValue == explanation.programValue, "\(name) sees more than \(explanation.field)")
    }
  }
}

@Test func `weights that were turned round are named by where they come from`() throws {
  let layer = Conv2D(filters: 2, kernel: 3, flipped: true, bias: false)
  let network = try Network(Sequential([layer]), input: [5, 5, 1])
  let step = try network.explain(noise([5, 5, 1]), layer: "conv2d_1", at: [0, 1, 0]).steps[0]
  #expect(step.sources == ["the input", "conv2d_1.weights after sparse_map"])
}

@Test(arguments: integerExamples.indices, [BackendChoice.onednn, .reference])
func `layers of whole numbers are their terms, and see their field alone`(index: Int, backend: BackendChoice) throws {
  let (layer, shape) = integerExamples[index]
  let network = try Network(Sequential([layer]), input: shape, elementType: .int32, backend: backend)
  let input = Tensor((0..<shape.count).map { Int32($0 * 3 % 5) }, shape: shape)
  for layer in network.summary().layers {
    for position in layer.output.positions {
      let explanation = try network.explain(input, layer: layer.path, at: position)
      #expect(explanation.agrees && explanation.field.count == shape.rank, "\(layer.path) at \(position)")
      let elsewhere = Tensor(
        zip(shape.positions, input.array(of: Int32.self)).map { place, number in
          zip(place, explanation.field).allSatisfy { ($1.first...$1.last).contains($0) } ? number : (number + 1) % 5
        }, shape: shape)
      let other = try network.explain(elsewhere, layer: layer.path, at: position)
      #expect(other.programValue == explanation.programValue, "\(layer.path) sees more than \(explanation.field)")
    }
  }
}

/// What a field leaves out is less than the picture, and its ends count.
@Test func `a mirrored picture is seen at the other end`() throws {
  let network = try Network(
    Sequential {
      Flip(axes: [2])
      Conv2D(filters: 1, kernel: 3)
    }, input: [6, 9, 1])
  let field = try network.explain(noise([6, 9, 1]), layer: "conv2d_1", at: [1, 0, 0]).field
  #expect(field.map(\.first) == [1, 6] && field.map(\.last) == [3, 8] && field.map(\.outside) == [0, 0])
}

/// Other numbers outside of the field.
private func outside(of field: [Explanation.Field], in input: Tensor) -> Tensor {
  var values = input.array(of: Float.self)
  let axes = input.shape.rank - 1
  guard axes > 0 else { return input }
  for (element, position) in input.shape.positions.enumerated() {
    let isSeen = zip(position, field).allSatisfy { ($1.first...$1.last).contains($0) } && field.count == axes
    if !isSeen { values[element] = 3 - 2 * values[element] }
  }
  return Tensor(values, shape: input.shape)
}

@Test func `no kind of layer is left out`() throws {
  let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/FoveaLayers/Layers")
  let declaration = /public struct (\w+)(<[^>]*>)?: (Layer|SlidingPool|Combinator)\b/
  var kinds: Set<String> = []
  let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
  for case let file as URL in files where file.pathExtension == "swift" {
    let source = try String(contentsOf: file, encoding: .utf8)
    kinds.formUnion(source.matches(of: declaration).map { String($0.output.1) })
  }
  let explained = Set(
    (examples + integerExamples).map { String(String(describing: type(of: $0.layer)).prefix { $0 != "<" }) })
  #expect(kinds.subtracting(explained).isEmpty, "add an example of the layer above")
}
