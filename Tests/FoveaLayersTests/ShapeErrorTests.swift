import FoveaLayers
import Testing

// The texts of typical mistakes: the layer's path, what came, the formula with its numbers, the smallest fix.

private struct Mistake: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let layer: any Layer
  let input: Shape
  let text: String

  init(_ title: String, _ layer: some Layer, on input: Shape, _ text: String) {
    (testDescription, self.layer, self.input, self.text) = (title, layer, input, text)
  }
}

private let typical: [Mistake] = [
  Mistake(
    "a kernel larger than its input", Sequential { Conv2D(filters: 8, kernel: 5).named("c1") }, on: [4, 6, 1],
    "c1: the 5×5 window does not fit into the 4×6 input: ⌊(4 + 0 + 0 − ((5 − 1)·1 + 1)) / 1⌋ + 1 < 1; "
      + "use padding same, or a window of at most 4"),
  Mistake(
    "groups that do not divide", Sequential { Conv2D(filters: 32, kernel: 3, groups: 5) }, on: [8, 8, 16],
    "conv2d_1: 5 groups do not divide 16 input channels and 32 filters; set groups to 4, which divides both"),
  Mistake(
    "no groups", Sequential { Conv2D(filters: 32, kernel: 3, groups: 0) }, on: [8, 8, 16],
    "conv2d_1: 0 groups do not divide 16 input channels and 32 filters; set groups to 1, which divides both"),
  Mistake(
    "dense without flatten",
    Sequential {
      MaxPool2D(2)
      Dense(10)
    }, on: [28, 28, 6],
    "dense_1: Dense takes one row of numbers for each example, got 14×14×6; "
      + "put Flatten() or GlobalAveragePool2D() before it"),
  Mistake(
    "a residual that is half as large",
    Sequential {
      Sequential {
        Residual { Conv2D(filters: 32, kernel: 3, strides: 2, padding: .same).named("conv1") }
      }.named("layer2")
    }, on: [32, 32, 16],
    "layer2: the residual sum after layer2.conv1 adds 16×16×32 from the body to 32×32×16 from the input: "
      + "the shapes differ; project the input: shortcut: { Conv2D(filters: 32, kernel: 1, strides: 2) }"),
  Mistake(
    "a residual with a shortcut that forgot its strides",
    Residual {
      Conv2D(filters: 32, kernel: 3, strides: Size2D(2, 1), padding: .same)
    } shortcut: {
      Conv2D(filters: 32, kernel: 1)
    }, on: [32, 32, 16],
    "model: the residual sum after conv2d_1 adds 16×32×32 from the body to 32×32×32 from the shortcut: "
      + "the shapes differ; project the input: shortcut: { Conv2D(filters: 32, kernel: 1, strides: Size2D(2, 1)) }"),
  Mistake(
    "a residual that loses its border", Residual { Conv2D(filters: 16, kernel: 3) }, on: [32, 32, 16],
    "model: the residual sum after conv2d_1 adds 30×30×16 from the body to 32×32×16 from the input: "
      + "the shapes differ; keep the 32×32 of the input in the body, e.g. with padding .same"),
  Mistake(
    "a residual of rows", Residual { Dense(7) }, on: [5],
    "model: the residual sum after dense_1 adds 7 from the body to 5 from the input: the shapes differ; "
      + "project the input: shortcut: { Dense(7) }"),
  Mistake(
    "concatenation of different heights",
    Concatenate {
      Conv2D(filters: 8, kernel: 3, padding: .same)
      MaxPool2D(2)
    }, on: [28, 28, 1],
    "model: the branches to concatenate give 28×28×8, 14×14×1: they differ in more than the channels; "
      + "give every branch padding .same and the same strides"),
  Mistake(
    "concatenation of nothing", Concatenate {}, on: [28, 28, 1],
    "model: a concatenation has no branches; put at least one layer between its braces"),
  Mistake(
    "an image without channels", Sequential { Conv2D(filters: 8, kernel: 3) }, on: [28, 28],
    "conv2d_1: Conv2D takes images H×W×C, got 28×28; give the input its channels, e.g. 28×28×1"),
  Mistake(
    "pooling after flatten",
    Sequential {
      Flatten()
      MaxPool2D(2)
    }, on: [28, 28, 1],
    "max_pool2d_1: MaxPool2D takes images H×W×C, got 784; put it before the image is flattened, or, in Swift, Reshape to H×W×C first"
  ),
  Mistake(
    "a pooling window larger than its input", Sequential { AveragePool2D(7) }, on: [6, 6, 2],
    "average_pool2d_1: the 7×7 window does not fit into the 6×6 input: "
      + "⌊(6 + 0 + 0 − ((7 − 1)·1 + 1)) / 7⌋ + 1 < 1; use padding same, or a window of at most 6"),
  Mistake(
    "a sequence's pooling of an image", Sequential { MaxPool1D(2) }, on: [28, 28, 1],
    "max_pool1d_1: MaxPool1D takes sequences L×C, got 28×28×1; use MaxPool2D"),
  Mistake(
    "a volume without channels", Sequential { GlobalAveragePool3D() }, on: [8, 8, 8],
    "global_average_pool3d_1: GlobalAveragePool3D takes volumes D×H×W×C, got 8×8×8; "
      + "give the input its channels: Reshape([8, 8, 8, 1])"),
  Mistake(
    "a pooling window that rounds up and is larger than its input",
    Sequential { MaxPool2D(7, strides: 2, roundsUp: true) }, on: [4, 6, 1],
    "max_pool2d_1: the 7×7 window does not fit into the 4×6 input: "
      + "⌈(4 + 0 + 0 − ((7 − 1)·1 + 1)) / 2⌉ + 1 < 1; use padding same, or a window of at most 4"),
  Mistake(
    "a norm of power 0", Sequential { LpPool2D(2, power: 0) }, on: [6, 6, 2],
    "lp_pool2d_1: the power of the norm is 0.0; use a number above 0, such as 2"),
  Mistake(
    "a mean over 0", Sequential { AveragePool2D(2, divisor: 0) }, on: [6, 6, 2],
    "average_pool2d_1: the divisor is 0; use 1 or more, 16777216 at most"),
  Mistake(
    "adaptive pooling to nothing", Sequential { AdaptiveMaxPool2D(0) }, on: [6, 6, 2],
    "adaptive_max_pool2d_1: AdaptiveMaxPool2D to 0×0; use sizes of at least 1, 1048576 at most"),
  Mistake(
    "upsampling by -1", Sequential { Upsample2D(-1) }, on: [6, 6, 2],
    "upsample2d_1: Upsample2D to -6×-6; use sizes of at least 1, 1048576 at most"),
  Mistake(
    "corners of nearest neighbours", Sequential { Upsample2D(2, alignsCorners: true) }, on: [6, 6, 2],
    "upsample2d_1: alignsCorners with the interpolation .nearest, which has no corners; leave it out, or use .linear"),
  Mistake(
    "channels that do not fill squares", Sequential { PixelShuffle(2) }, on: [4, 4, 6],
    "pixel_shuffle_1: PixelShuffle(2) of 6 channels: 2² = 4 does not divide 6; give it 8 channels"),
  Mistake(
    "pixels that do not fill squares", Sequential { PixelUnshuffle(3) }, on: [9, 7, 1],
    "pixel_unshuffle_1: PixelUnshuffle(3) of 9×7 pixels: 3 does not divide 7; pad or crop to 9×9"),
  Mistake(
    "a crop of everything", Sequential { Crop2D(4) }, on: [8, 9, 1],
    "crop2d_1: a crop of 4 and 4 leaves nothing of the 8 along axis 1: 8 − 4 − 4 < 1; leave out at most 7"),
  Mistake(
    "a position that is not there", Sequential { Gather([0, 5], axis: 2) }, on: [4, 5, 2],
    "gather_1: Gather of position 5 along axis 2 of 4×5×2; use 0...4"),
  Mistake(
    "an axis that is not there", Sequential { Flip(axes: [0]) }, on: [4, 5, 2],
    "flip_1: Flip(axes: [0]) on 4×5×2, which has no axis 0; use axes 1...3; 0 is the batch"),
  Mistake(
    "too few repetitions", Sequential { Repeat([2]) }, on: [4, 5, 2],
    "repeat_1: Repeat([2]) on 4×5×2; give 3 numbers of at least 1, one for each axis"),
  Mistake(
    "an image repeated as a row", Sequential { RepeatVector(2) }, on: [4, 5, 2],
    "repeat_vector_1: RepeatVector takes one row of numbers for each example, got 4×5×2; put Flatten() before it"),
  Mistake(
    "numbers that are no labels", Sequential { OneHot(classes: 3) }, on: [4],
    "one_hot_1: OneHot takes labels of int32, got float32; give the model an input of whole numbers: "
      + "Network(_:input:elementType: .int32), in a model line 'input 20 int32'"),
  Mistake(
    "pooling nothing but padding", Sequential { MaxPool2D(2, padding: .explicit(2)) }, on: [6, 6, 2],
    "max_pool2d_1: a padding of 2 is not smaller than the pooling window 2×2; use a padding of at most 1"),
  Mistake(
    "an image for a convolution over sequences", Sequential { Conv1D(filters: 8, kernel: 3) }, on: [28, 28, 1],
    "conv1d_1: Conv1D takes sequences L×C, got 28×28×1; use Conv2D"),
  Mistake(
    "a volume without channels", Sequential { Conv3D(filters: 8, kernel: 3) }, on: [16, 28, 28],
    "conv3d_1: Conv3D takes volumes D×H×W×C, got 16×28×28; "
      + "give the input its channels: Reshape([16, 28, 28, 1])"),
  Mistake(
    "a sequence shorter than the kernel", Sequential { Conv1D(filters: 8, kernel: 3, dilation: 4) }, on: [8, 2],
    "conv1d_1: the 3 window does not fit into the 8 input: ⌊(8 + 0 + 0 − ((3 − 1)·4 + 1)) / 1⌋ + 1 < 1; "
      + "use padding same, or a window of at most 2"),
  Mistake(
    "a reflection of more than there is",
    Sequential { Conv2D(filters: 8, kernel: 7, padding: .same, paddingMode: .reflect) }, on: [3, 9, 1],
    "conv2d_1: reflect padding of 3 around 3: the edge is not repeated, so a reflection has 3 − 1 numbers; "
      + "pad by at most 2, or use .replicate or .circular"),
  Mistake(
    "a depthwise convolution without results", Sequential { DepthwiseConv2D(kernel: 3, multiplier: 0) },
    on: [8, 8, 3],
    "depthwise_conv2d_1: the number of results of each channel is 0; use 1 or more, below 2³¹"),
  Mistake(
    "a separable convolution of a row", Sequential { SeparableConv2D(filters: 8, kernel: 3) }, on: [784],
    "separable_conv2d_1: SeparableConv2D takes images H×W×C, got 784; "
      + "put it before the image is flattened, or, in Swift, Reshape to H×W×C first"),
  Mistake(
    "output padding of a stride",
    Sequential { TransposedConv2D(filters: 8, kernel: 3, strides: 2, outputPadding: 2) }, on: [8, 8, 3],
    "transposed_conv2d_1: the output padding is 2 at stride 2; "
      + "use 0 to 1: no window reaches the positions beyond"),
  Mistake(
    "output padding where the size is fixed",
    Sequential { TransposedConv2D(filters: 8, kernel: 3, strides: 2, padding: .same, outputPadding: 1) },
    on: [8, 8, 3],
    "transposed_conv2d_1: the output padding is 1, but padding same gives exactly n·stride; "
      + "leave it out, or use a padding in numbers"),
  Mistake(
    "a transposed convolution of which nothing is left",
    Sequential { TransposedConv2D(filters: 8, kernel: 3, padding: .explicit(2)) }, on: [2, 2, 3],
    "transposed_conv2d_1: nothing is left of the transposed 3×3 window over 2×2: "
      + "(2 − 1)·1 + (3 − 1)·1 + 1 − 2 − 2 + 0 < 1; use a padding of at most 1, or padding same"),
  Mistake(
    "groups that do not divide in a transposed convolution",
    Sequential { TransposedConv2D(filters: 8, kernel: 3, groups: 4) }, on: [8, 8, 6],
    "transposed_conv2d_1: 4 groups do not divide 6 input channels and 8 filters; set groups to 2, which divides both"),
  Mistake(
    "a locally connected window larger than its input", Sequential { LocallyConnected1D(filters: 8, kernel: 5) },
    on: [4, 2],
    "locally_connected1d_1: the 5 window does not fit into the 4 input: "
      + "⌊(4 + 0 + 0 − ((5 − 1)·1 + 1)) / 1⌋ + 1 < 1; use padding same, or a window of at most 4"),
  Mistake(
    "a connection table for other filters",
    Sequential { Conv2D(filters: 32, kernel: 5, connections: .leNet5) }, on: [14, 14, 6],
    "conv2d_1: the connection table has 16 rows for 32 filters; give one row for each filter"),
  Mistake(
    "a connection table for more channels",
    Sequential { Conv2D(filters: 2, kernel: 3, connections: ConnectionTable([[0], [1, 2]])) }, on: [14, 14, 2],
    "conv2d_1: filter 1 of the connection table sees the channels [1, 2] of 2; name at least one of 0..<2, each once"),
  Mistake(
    "a connection table and groups",
    Sequential { Conv2D(filters: 2, kernel: 3, groups: 2, connections: ConnectionTable([[0], [1]])) }, on: [14, 14, 2],
    "conv2d_1: a connection table and 2 groups; say in the table what the groups would say"),
  Mistake(
    "a stride of zero", Sequential { Conv2D(filters: 2, kernel: 3, strides: 0) }, on: [6, 6, 2],
    "conv2d_1: the stride is 0; use 1 or more, 16777216 at most"),
  Mistake(
    "a kernel of zero", Sequential { Conv2D(filters: 2, kernel: Size2D(3, 0)) }, on: [6, 6, 2],
    "conv2d_1: the window size is 0; use 1 or more, 16777216 at most"),
  Mistake(
    "negative padding", Sequential { Conv2D(filters: 2, kernel: 3, padding: .explicit(-1)) }, on: [6, 6, 2],
    "conv2d_1: the padding is -1; use 0 or more, 16777216 at most"),
  Mistake(
    "no filters", Sequential { Conv2D(filters: 0, kernel: 3) }, on: [6, 6, 2],
    "conv2d_1: the number of filters is 0; use 1 or more, below 2³¹"),
  Mistake(
    "no units", Sequential { Dense(-3) }, on: [6], "dense_1: the number of units is -3; use 1 or more, below 2³¹"),
  Mistake(
    "a dropout rate of one", Sequential { Dropout(1) }, on: [6],
    "dropout_1: the dropout rate is 1.0; use 0 or more, and less than 1"),
  Mistake(
    "a reshape to another size", Sequential { Reshape([7, 7, 9]) }, on: [400],
    "reshape_1: Reshape to 7×7×9, but an example has 400 = 400 numbers; use a shape with that product"),
  Mistake(
    "an axis named twice", Sequential { Permute([1, 1, 2]) }, on: [4, 5, 6],
    "permute_1: Permute([1, 1, 2]) on 4×5×6; name each of the axes 1, 2, 3 once"),
  Mistake(
    "padding for another rank", Sequential { Pad(before: [1, 1], after: [1, 1]) }, on: [4, 5, 6],
    "pad_1: Pad(before: [1, 1], after: [1, 1]) on 4×5×6; give 3 widths before and 3 after, none negative"),
  Mistake(
    "a momentum above one", Sequential { BatchNorm(momentum: 1.5) }, on: [4],
    "batch_norm_1: the momentum is 1.5, epsilon is 1e-05; use 0...1 for the momentum and epsilon above 0"),
  Mistake(
    "a name used twice",
    Sequential {
      Dense(4).named("fc")
      Dense(4).named("fc")
    }, on: [4],
    "model: two layers have the path fc; "
      + "give one of them another name, or share the layer's value on purpose with one call"),
  Mistake(
    "an input of no pixels", Sequential { Conv2D(filters: 2, kernel: 3) }, on: [0, 6, 2],
    "model: the input input has the shape 1×0×6×2; every dimension must be at least 1"),
]

@Test(arguments: typical) private func `a typical mistake names the path, the numbers and the fix`(mistake: Mistake) {
  #expect(mistakes(mistake.layer, input: mistake.input).first == mistake.text)
}

@Test func `all mistakes of a model are reported at once, in order, and none that follows from another`() {
  let model = Sequential {
    Conv2D(filters: 32, kernel: 31, groups: 1)  // the window does not fit
    Conv2D(filters: 30, kernel: 3, groups: 4, padding: .same)  // 32 % 4 == 0, 30 % 4 != 0
    Residual { Conv2D(filters: 60, kernel: 3, padding: .same) }  // 30 ≠ 60 channels
    Dense(100)  // not flat
    Dropout(2)
    Dense(10)
  }
  let texts = mistakes(model, input: [28, 28, 1])
  #expect(texts.map { $0.prefix { $0 != ":" } } == ["conv2d_1", "conv2d_2", "model", "dense_1", "dropout_1"])
}

@Test func `a mistake with an unknown outcome is reported once`() {
  let model = Sequential {
    Conv2D(filters: 0, kernel: 3)
    BatchNorm()
    MaxPool2D(2)
    Flatten()
    Dense(10)
  }
  #expect(mistakes(model, input: [28, 28, 1]).count == 1)
}

@Test(arguments: [[Int.max, Int.max, 3], [1 << 40, 1, 3], [1_000_000, 1_000_000, 3]] as [[Int]])
func `an input that no machine holds is an error, not a crash`(input: [Int]) {
  let texts = mistakes(Conv2D(filters: 1 << 30, kernel: 3, padding: .same), input: Shape(input))
  #expect(texts.first?.contains("more than 2⁴⁰ numbers") == true)
}

@Test func `a window beyond all bounds is an error, not a crash`() {
  for layer: any Layer in [
    Conv2D(filters: .max, kernel: 3), Conv2D(filters: 1, kernel: Size2D(.max)),
    Conv2D(filters: 1, kernel: 3, strides: Size2D(.max), padding: .same),
    Conv2D(filters: 1, kernel: 3, dilation: Size2D(.max), padding: .explicit(.max)),
    Conv1D(filters: 1, kernel: .max), Conv3D(filters: 1, kernel: Size3D(1 << 24), padding: .same),
    Conv1D(filters: 1, kernel: 3, groups: .max), Conv2D(filters: 1, kernel: 3, dilation: Size2D(.max), padding: .full),
    DepthwiseConv2D(kernel: 3, multiplier: .max), DepthwiseConv2D(kernel: Size2D(.max)),
    TransposedConv2D(filters: .max, kernel: 3), TransposedConv2D(filters: 1, kernel: Size2D(.max)),
    TransposedConv2D(filters: 1, kernel: 3, strides: Size2D(.max)),
    TransposedConv2D(filters: 1, kernel: 3, strides: Size2D(1 << 24)),
    TransposedConv2D(filters: 1, kernel: 3, outputPadding: Size2D(.min)),
    LocallyConnected2D(filters: (1 << 31) - 1, kernel: 5, padding: .same),
    LocallyConnected2D(filters: 1, kernel: Size2D(.max)),
    LocallyConnected3D(filters: 1, kernel: Size3D(1 << 24), padding: .same),
    Conv2D(filters: 1, kernel: 3, padding: .explicit(1 << 24), paddingMode: .circular),
    MaxPool2D(Size2D(.max)), Dense(.max), Reshape([.max, .max]), ZeroPadding2D(.max),
    Conv2D(filters: (1 << 31) - 1, kernel: Size2D((1 << 31) - 1), padding: .same),
    MaxPool2D(2, strides: Size2D(.max), roundsUp: true), LpPool2D(2, power: .infinity), LpPool2D(2, power: .nan),
    AveragePool2D(2, divisor: .max), AdaptiveMaxPool2D(Size2D(.max)), AdaptiveAveragePool2D(Size2D(.min)),
    Upsample2D(Size2D(.max)), Upsample2D(to: Size2D(.max)), Upsample2D(Size2D(.min)), PixelShuffle(.max),
    PixelUnshuffle(.max), PixelUnshuffle(0), Crop2D(.max), Crop2D(-1), Gather([.max], axis: 1), Gather([], axis: 1),
    Gather([0], axis: .max), Flip(axes: [.min]), Repeat([.max, .max, .max]), Repeat([0, 1, 1]), RepeatVector(.max),
    OneHot(classes: 0),
  ] {
    let input: Shape =
      switch layer {
      case is Conv1D: [8, 1]
      case is Conv3D, is LocallyConnected3D: [4, 4, 4, 1]
      default: [8, 8, 1]
      }
    #expect(mistakes(Sequential([layer]), input: input).count == 1, "\(layer)")
  }
}

private let unsuited: [(Sequential, Shape, Int, String)] = [
  (
    Sequential { Dense(10) }, [4], 100,
    "model: the model has 10 outputs, the data has 100 classes; end it with Dense(100)"
  ),
  (
    Sequential { Tanh() }, [4, 4, 10], 10,
    "model: the model gives 4×4×10 for each image, not one score for each of the 10 classes; "
      + "end it with Flatten() or GlobalAveragePool2D(), and Dense(10)"
  ),
]

@Test(arguments: unsuited)
func `the data's classes must be the model's outputs`(model: Sequential, input: Shape, classes: Int, text: String)
  throws
{
  let traced = try trace(model, input: input)
  let error = #expect(throws: ModelError.self) { try traced.requireOutputs(forClasses: classes) }
  #expect(error?.description == text)
}

@Test func `as many outputs as classes are right`() throws {
  try trace(Dense(10), input: [4]).requireOutputs(forClasses: 10)
}
