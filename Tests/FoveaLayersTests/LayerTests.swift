import FoveaLayers
import Testing

@Test func `a convolution has one kernel for each filter, and a bias`() throws {
  try check(
    Conv2D(filters: 5, kernel: Size2D(3, 2)), input: [8, 9, 4], output: [6, 8, 5],
    parameters: ["weights": [3, 2, 4, 5], "bias": [5]])
  try check(
    Conv2D(filters: 6, kernel: 3, strides: 2, groups: 2, padding: .same, bias: false, activation: .relu),
    input: [7, 8, 4], output: [4, 4, 6], parameters: ["weights": [3, 3, 2, 6]])
  try check(
    Conv2D(filters: 2, kernel: 3, dilation: 2, padding: .explicit(1), activation: .tanh), input: [9, 7, 1],
    output: [7, 5, 2], parameters: ["weights": [3, 3, 1, 2], "bias": [2]])
}

@Test func `a dense layer takes rows`() throws {
  try check(Dense(7), input: [5], output: [7], parameters: ["weights": [5, 7], "bias": [7]])
  try check(Dense(2, bias: false, activation: .sigmoid), input: [5], output: [2], parameters: ["weights": [5, 2]])
}

@Test func `pooling windows do not overlap unless told`() throws {
  try check(MaxPool2D(2), input: [7, 8, 3], output: [3, 4, 3])
  try check(MaxPool2D(3, strides: 2, padding: .explicit(1)), input: [7, 8, 3], output: [4, 4, 3])
  try check(AveragePool2D(Size2D(2, 4)), input: [6, 8, 3], output: [3, 2, 3])
  try check(AveragePool2D(3, strides: 1, padding: .same, countsPadding: true), input: [6, 8, 3], output: [6, 8, 3])
  try check(GlobalAveragePool2D(), input: [6, 8, 3], output: [3])
  try check(GlobalMaxPool2D(), input: [6, 8, 3], output: [3])
}

@Test func `batch normalisation has two trained and two running vectors`() throws {
  let vectors: [String: Shape] = ["scale": [3], "bias": [3], "moving_mean": [3], "moving_variance": [3]]
  try check(BatchNorm(), input: [4, 5, 3], output: [4, 5, 3], parameters: vectors)
  try check(BatchNorm(momentum: 0.99), input: [3], output: [3], parameters: vectors)
}

@Test func `activation layers keep the shape`() throws {
  try check(ReLU(), input: [2, 3, 4], output: [2, 3, 4])
  try check(Tanh(), input: [2, 3, 4], output: [2, 3, 4])
  try check(Sigmoid(), input: [4], output: [4])
  try check(Softmax(), input: [4], output: [4])
  try check(LogSoftmax(), input: [4], output: [4])
}

@Test func `layers that arrange have no parameters`() throws {
  try check(Dropout(0.5), input: [2, 3, 4], output: [2, 3, 4])
  try check(Flatten(), input: [5, 5, 16], output: [400])
  try check(Reshape([5, 80]), input: [5, 5, 16], output: [5, 80])
  try check(Permute([3, 1, 2]), input: [5, 6, 2], output: [2, 5, 6])
  try check(Pad(before: [0, 1, 2], after: [3, 0, 4]), input: [5, 6, 2], output: [8, 7, 8])
  try check(ZeroPadding2D(2), input: [28, 28, 1], output: [32, 32, 1])
  try check(ZeroPadding2D(top: 1, right: 3), input: [5, 6, 2], output: [6, 9, 2])
}

@Test func `values of one shape are added`() throws {
  struct Sum: Layer {
    func forward(_ x: Value) -> Value { add(x, ReLU()(x), Tanh()(x)) }
  }
  try check(Sum(), input: [2, 3, 4], output: [2, 3, 4])
}

@Test func `in inference dropout is nothing at all`() throws {
  let traced = try trace(Dropout(0.5), input: [4])
  #expect(traced.graph.nodes.count == 1)
}

@Test func `every dropout layer draws from the stream of its path`() throws {
  let model = Sequential {
    Dropout(0.5)
    Dropout(0.25).named("second")
    Dropout(0)
  }
  let traced = try trace(model, input: [4], isTraining: true)
  let drops = traced.graph.nodes.compactMap { $0.operation as? Op.Dropout }
  #expect(
    drops == [
      Op.Dropout(rate: 0.5, stream: RandomStream.identifier(of: "dropout_1")),
      Op.Dropout(rate: 0.25, stream: RandomStream.identifier(of: "second")),
    ])
}

@Test func `running moments mix in the batch's mean and unbiased variance`() throws {
  let graph = try trace(BatchNorm(momentum: 0.75), input: [2, 3, 4], batchSize: 5, isTraining: true).graph
  let updates = graph.updates.map { update in
    (
      (graph.nodes[update.parameter].operation as? Op.Parameter)?.path,
      (graph.nodes[update.value].operation as? Op.LinearCombination)?.factors
    )
  }
  #expect(updates.map(\.0) == ["moving_mean", "moving_variance"])
  #expect(updates.map(\.1) == [[0.75, 0.25], [0.75, 0.25 * Float(30) / 29]])
  #expect(try trace(BatchNorm(), input: [2, 3, 4]).graph.updates.isEmpty)
}

@Test func `a batch with one value in each channel leaves the running variance finite`() throws {
  let graph = try trace(BatchNorm(momentum: 0.75), input: [4], batchSize: 1, isTraining: true).graph
  let factors = graph.nodes.compactMap { ($0.operation as? Op.LinearCombination)?.factors }
  #expect(factors == [[0.75, 0.25], [0.75, 0.25]])
}
