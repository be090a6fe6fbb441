import FoveaLayers
import Testing

private func paths(of model: some Layer, input: Shape = [8, 8, 3]) throws -> [String] {
  try trace(model, input: input).layers.map(\.path)
}

private func parameters(of model: some Layer, input: Shape = [8, 8, 3]) throws -> [String] {
  try trace(model, input: input).graph.parameters.map(\.parameter.path)
}

@Test func `layers are called after their type and counted`() throws {
  let model = Sequential {
    Conv2D(filters: 4, kernel: 3)
    BatchNorm()
    ReLU()
    Conv2D(filters: 4, kernel: 3)
    GlobalAveragePool2D()
  }
  #expect(
    try paths(of: model) == ["", "conv2d_1", "batch_norm_1", "relu_1", "conv2d_2", "global_average_pool2d_1"])
}

@Test func `names make the paths that checkpoints have`() throws {
  struct Block: Model {
    var body: Sequential {
      Residual(activation: .relu) {
        Conv2D(filters: 3, kernel: 3, padding: .same, bias: false).named("conv1")
        BatchNorm().named("bn1")
      }
    }
  }
  let model = Sequential {
    Sequential { for i in 0..<2 { Block().named("\(i)") } }.named("layer1")
    GlobalAveragePool2D()
    Dense(10).named("linear")
  }
  let all = try parameters(of: model)
  #expect(all.prefix(2) == ["layer1.0.conv1.weights", "layer1.0.bn1.scale"])
  #expect(all.contains("layer1.1.bn1.moving_variance"))
  #expect(all.suffix(2) == ["linear.weights", "linear.bias"])
}

@Test func `an unnamed model inside another opens a scope, the outermost does not`() throws {
  struct TinyNet: Model {
    var body: Sequential { Dense(2) }
  }
  #expect(try parameters(of: TinyNet(), input: [4]) == ["dense_1.weights", "dense_1.bias"])
  let outer = Sequential {
    TinyNet()
    TinyNet()
  }
  #expect(
    try paths(of: outer, input: [4]) == ["", "tiny_net_1", "tiny_net_1.dense_1", "tiny_net_2", "tiny_net_2.dense_1"])
}

@Test(arguments: [(false, nil, 0), (true, nil, 1), (true, 0.5 as Float, 3)])
func `the builder takes if, if let and for`(isWide: Bool, rate: Float?, repeats: Int) throws {
  let model = Sequential {
    if isWide { Dense(100) } else { Dense(10) }
    if let rate { Dropout(rate) }
    for _ in 0..<repeats { Tanh() }
    [ReLU(), Sigmoid()] as [any Layer]
    switch repeats {
    case 0: Softmax()
    default: LogSoftmax()
    }
  }
  let kinds = try trace(model, input: [4]).layers.dropFirst().map(\.kind)
  #expect(
    kinds == ["Dense"] + (rate == nil ? [] : ["Dropout"]) + [String](repeating: "Tanh", count: repeats)
      + ["ReLU", "Sigmoid", repeats == 0 ? "Softmax" : "LogSoftmax"])
}

@Test func `a residual adds its input, or what the shortcut makes of it`() throws {
  try check(
    Residual(activation: .relu) { Conv2D(filters: 3, kernel: 3, padding: .same, bias: false) },
    input: [6, 6, 3], output: [6, 6, 3], parameters: ["conv2d_1.weights": [3, 3, 3, 3]])
  try check(
    Residual {
      Conv2D(filters: 8, kernel: 3, strides: 2, padding: .same, bias: false)
    } shortcut: {
      Conv2D(filters: 8, kernel: 1, strides: 2, bias: false)
    },
    input: [6, 6, 3], output: [3, 3, 8],
    parameters: ["conv2d_1.weights": [3, 3, 3, 8], "conv2d_2.weights": [1, 1, 3, 8]])
  let operations = try trace(Residual(activation: .relu) { Tanh() }, input: [4]).graph.nodes.map(\.operation)
  #expect(operations.map { type(of: $0).name } == ["input", "tanh", "add", "relu"])
}

@Test func `branches lie side by side along the channels`() throws {
  let inception = Concatenate {
    Conv2D(filters: 64, kernel: 1, bias: false)
    Sequential {
      Conv2D(filters: 96, kernel: 1, bias: false)
      Conv2D(filters: 128, kernel: 3, padding: .same, bias: false)
    }
    MaxPool2D(3, strides: 1, padding: .same)
  }
  try check(
    inception, input: [7, 7, 10], output: [7, 7, 202],
    parameters: [
      "conv2d_1.weights": [1, 1, 10, 64], "conv2d_2.weights": [1, 1, 10, 96], "conv2d_3.weights": [3, 3, 96, 128],
    ])
}

@Test func `a layer knows its depth, shapes, nodes and whether it holds others`() throws {
  let model = Sequential {
    Sequential { Conv2D(filters: 4, kernel: 3) }.named("stem")
    Dropout(0.5)
  }
  let traced = try trace(model, input: [8, 8, 3], batchSize: 2)
  let (root, stem, conv, dropout) = (traced.layers[0], traced.layers[1], traced.layers[2], traced.layers[3])
  #expect([root, stem, conv, dropout].map(\.depth) == [0, 1, 2, 1])
  #expect([root, stem, conv, dropout].map(\.isLeaf) == [false, false, true, true])
  #expect((stem.kind, conv.kind) == ("Sequential", "Conv2D"))
  #expect((conv.inputShape, conv.outputShape) == ([2, 8, 8, 3], [2, 6, 6, 4]))
  #expect(
    conv.nodes.map { type(of: traced.graph.nodes[$0].operation).name } == [
      "parameter", "convolution", "parameter", "add",
    ])
  #expect((dropout.nodes.isEmpty, dropout.output) == (true, conv.output))
  #expect(root.output == traced.graph.outputs[0].node)
}
