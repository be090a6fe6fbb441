import FoveaLayers
import Testing

@Test func `convolutions over sequences and volumes are those over images`() throws {
  try check(
    Conv1D(filters: 5, kernel: 4, strides: 2, padding: .same), input: [9, 3], output: [5, 5],
    parameters: ["weights": [4, 3, 5], "bias": [5]])
  try check(
    Conv1D(filters: 6, kernel: 3, dilation: 2, groups: 2, padding: .full, bias: false), input: [9, 4], output: [13, 6],
    parameters: ["weights": [3, 2, 6]])
  try check(
    Conv3D(filters: 4, kernel: Size3D(1, 2, 3), strides: 2, flipped: true, activation: .relu), input: [5, 6, 7, 2],
    output: [3, 3, 3, 4], parameters: ["weights": [1, 2, 3, 2, 4], "bias": [4]])
}

@Test(arguments: PaddingMode.allCases) func `a border keeps the size whatever it is made of`(mode: PaddingMode) throws {
  try check(
    Conv1D(filters: 5, kernel: 3, padding: .same, paddingMode: mode), input: [4, 3], output: [4, 5],
    parameters: ["weights": [3, 3, 5], "bias": [5]])
  try check(
    Conv2D(filters: 2, kernel: 3, strides: 2, padding: .explicit(1), paddingMode: mode), input: [6, 5, 3],
    output: [3, 3, 2], parameters: ["weights": [3, 3, 3, 2], "bias": [2]])
  try check(
    Conv3D(filters: 2, kernel: 3, padding: .same, paddingMode: mode), input: [2, 3, 4, 1], output: [2, 3, 4, 2],
    parameters: ["weights": [3, 3, 3, 1, 2], "bias": [2]])
  try check(
    Conv2D(filters: 2, kernel: 3, paddingMode: mode), input: [6, 5, 3], output: [4, 3, 2],
    parameters: ["weights": [3, 3, 3, 2], "bias": [2]])
}

@Test func `depthwise convolutions keep the channels apart`() throws {
  try check(
    DepthwiseConv1D(kernel: 3, multiplier: 2), input: [9, 4], output: [7, 8],
    parameters: ["weights": [3, 1, 8], "bias": [8]])
  try check(
    DepthwiseConv2D(kernel: 3, strides: 2, padding: .same, bias: false), input: [7, 7, 6], output: [4, 4, 6],
    parameters: ["weights": [3, 3, 1, 6]])
  try check(
    DepthwiseConv3D(kernel: 2, multiplier: 3, dilation: 2, flipped: true), input: [5, 5, 5, 2], output: [3, 3, 3, 6],
    parameters: ["weights": [2, 2, 2, 1, 6], "bias": [6]])
}

@Test func `separable convolutions are a depthwise and a 1×1 convolution`() throws {
  try check(
    SeparableConv1D(filters: 5, kernel: 3, multiplier: 2), input: [9, 4], output: [7, 5],
    parameters: ["depthwise.weights": [3, 1, 8], "pointwise.weights": [1, 8, 5], "pointwise.bias": [5]])
  try check(
    SeparableConv2D(filters: 5, kernel: 3, strides: 2, padding: .same, bias: false), input: [9, 8, 4],
    output: [5, 4, 5], parameters: ["depthwise.weights": [3, 3, 1, 4], "pointwise.weights": [1, 1, 4, 5]])
}

@Test func `L23: a separable convolution of 128 to 128 channels has 17,536 weights, a full one 147,456`() throws {
  func weights(_ layer: some Layer) throws -> Int { try trace(layer, input: [8, 8, 128]).summary.parameters }
  #expect(try weights(SeparableConv2D(filters: 128, kernel: 3, bias: false)) == 17_536)
  #expect(try weights(Conv2D(filters: 128, kernel: 3, bias: false)) == 147_456)
}

@Test func `transposed convolutions make the input of the convolution that they transpose`() throws {
  try check(
    TransposedConv1D(filters: 2, kernel: 4, strides: 3, padding: .explicit(1), outputPadding: 2), input: [5, 3],
    output: [16, 2], parameters: ["weights": [4, 2, 3], "bias": [2]])
  try check(
    TransposedConv2D(filters: 4, kernel: 2, strides: 2, activation: .relu), input: [28, 28, 6], output: [56, 56, 4],
    parameters: ["weights": [2, 2, 4, 6], "bias": [4]])
  try check(
    TransposedConv2D(filters: 4, kernel: Size2D(5, 1), strides: Size2D(3, 2), groups: 2, padding: .same, bias: false),
    input: [4, 5, 6], output: [12, 10, 4], parameters: ["weights": [5, 1, 2, 6]])
  try check(
    TransposedConv2D(filters: 1, kernel: 3, padding: .full), input: [5, 5, 1], output: [3, 3, 1],
    parameters: ["weights": [3, 3, 1, 1], "bias": [1]])
  try check(
    TransposedConv3D(filters: 2, kernel: 3, strides: 2, dilation: Size3D(1, 2, 1)), input: [2, 3, 2, 4],
    output: [5, 9, 5, 2], parameters: ["weights": [3, 3, 3, 2, 4], "bias": [2]])
}

@Test(arguments: [(2, 3), (3, 5), (7, 13)])
func `L5: a deconvolution of 3×3, stride 2, padding 1 makes 2i − 1`(side: Int, output: Int) throws {
  try check(
    TransposedConv2D(filters: 1, kernel: 3, strides: 2, padding: .explicit(1), bias: false), input: [side, side, 1],
    output: [output, output, 1], parameters: ["weights": [3, 3, 1, 1]])
}

@Test func `C28: a locally connected layer has weights and biases of its own at every position`() throws {
  try check(
    LocallyConnected1D(filters: 5, kernel: 3, strides: 2), input: [9, 4], output: [4, 5],
    parameters: ["weights": [4, 12, 5], "bias": [4, 5]])
  try check(
    LocallyConnected2D(filters: 4, kernel: Size2D(3, 2), padding: .same, bias: false, activation: .tanh),
    input: [5, 6, 2], output: [5, 6, 4], parameters: ["weights": [5, 6, 12, 4]])
  let summary = try trace(LocallyConnected2D(filters: 6, kernel: 5), input: [32, 32, 3]).summary
  #expect(summary.parameters == 28 * 28 * 25 * 3 * 6 + 28 * 28 * 6)
  #expect(summary.multiplyAdds == 28 * 28 * 25 * 3 * 6)
}

@Test func `T7: LeNet-5's C3 with its table has 1,516 parameters, 2,416 without`() throws {
  let table = Conv2D(filters: 16, kernel: 5, connections: .leNet5)
  try check(table, input: [14, 14, 6], output: [10, 10, 16], parameters: ["weights": [5, 5, 60], "bias": [16]])
  #expect(try trace(table, input: [14, 14, 6]).summary.parameters == 1516)
  #expect(try trace(Conv2D(filters: 16, kernel: 5), input: [14, 14, 6]).summary.parameters == 2416)
  // Every map of S2 is seen by ten maps of C3.
  #expect((0..<6).allSatisfy { map in ConnectionTable.leNet5.channels.count { $0.contains(map) } == 10 })
}

@Test func `the multiply-adds of the family`() throws {
  func multiplyAdds(_ layer: some Layer, _ input: Shape) throws -> Int {
    try trace(layer, input: input, batchSize: 3).summary.multiplyAdds
  }
  #expect(try multiplyAdds(Conv1D(filters: 5, kernel: 4), [9, 3]) == 6 * 5 * 4 * 3)
  #expect(try multiplyAdds(Conv3D(filters: 6, kernel: 2, groups: 2), [3, 4, 5, 4]) == 2 * 3 * 4 * 6 * 8 * 2)
  #expect(try multiplyAdds(DepthwiseConv2D(kernel: 3, multiplier: 2), [5, 5, 4]) == 9 * 8 * 9)
  // Every input number is multiplied with every weight of its channel.
  #expect(try multiplyAdds(TransposedConv2D(filters: 4, kernel: 3, strides: 2), [5, 6, 7]) == 5 * 6 * 7 * 9 * 4)
}

@Test func `dirac weights leave depthwise and grouped images as they are`() throws {
  for layer in [
    Conv2D(filters: 4, kernel: 3, groups: 2, padding: .same, initializer: .dirac()) as any Layer,
    DepthwiseConv2D(kernel: 3, padding: .same, initializer: .dirac()),
  ] {
    let builder = GraphBuilder(isTraining: false)
    let x = builder.input("x", shape: [1, 5, 5, 4])
    _ = layer(x)
    let weights = try #require(builder.graph.parameters.first { $0.parameter.path.hasSuffix("weights") }).parameter
    let drawn = weights.initializer.tensor(shape: weights.shape, path: weights.path, seed: 1).floats
    #expect(drawn.reduce(0, +) == 4)
  }
}

@Test func `a transposed convolution's output padding may take back what the padding cuts off`() throws {
  // torch.nn.functional.conv_transpose1d(x, w, stride=1, dilation=2, padding=1, output_padding=1)
  try check(
    TransposedConv1D(filters: 1, kernel: 3, dilation: 2, padding: .explicit(1), outputPadding: 1, bias: false),
    input: [3, 1], output: [6, 1], parameters: ["weights": [3, 1, 1]])
  #expect(
    mistakes(TransposedConv1D(filters: 1, kernel: 3, outputPadding: 1).named("up"), input: [3, 1]) == [
      "up: the output padding is 1 at stride 1; use 0: no window reaches the positions beyond"
    ])
}

@Test func `a transposed convolution's output padding may be below the dilation`() throws {
  // torch.nn.ConvTranspose1d(1, 1, 3, stride=2, dilation=3, output_padding=2) on the length 3: 2·2 + 2·3 + 1 + 2
  try check(
    TransposedConv1D(filters: 1, kernel: 3, strides: 2, dilation: 3, outputPadding: 2), input: [3, 1],
    output: [13, 1], parameters: ["weights": [3, 1, 1], "bias": [1]])
  #expect(
    mistakes(TransposedConv1D(filters: 1, kernel: 3, strides: 2, dilation: 3, outputPadding: 3), input: [3, 1]) == [
      "model: the output padding is 3 at stride 2 and dilation 3; "
        + "use 0 to 2: no window reaches the positions beyond"
    ])
}

@Test func `what only whole kernels can be, and what is too long to turn round, are mistakes`() {
  let table = ConnectionTable([[0], [1]])
  #expect(
    mistakes(
      Conv2D(filters: 2, kernel: 3, connections: table, initializer: .dirac()).named("c3"), input: [8, 8, 2])
      == [
        "c3: dirac(groups: 1) draws whole kernels, and a connection table keeps parts of them; "
          + "use an initializer of single numbers, such as .glorotUniform"
      ])
  #expect(
    mistakes(Conv1D(filters: 1, kernel: 5_000_000, padding: .full, flipped: true).named("long"), input: [8, 1]) == [
      "long: a flipped window of 5000000 positions along an axis; use at most \(1 << 22)"
    ])
}
