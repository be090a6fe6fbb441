import FoveaLayers
import Testing

private let text = Sequential {
  Embedding(count: 100, size: 8)
  Conv1D(filters: 4, kernel: 5)
  MaxPool1D(2)
  Flatten()
  Dense(3)
}

@Test func `a model of texts is traced, and its table says what it has`() throws {
  let traced = try trace(text, input: [20], elementType: .int32, batchSize: 2)
  #expect(traced.inputElementType == .int32 && traced.inputShape == [20] && traced.outputShape == [3])
  let input = try #require(traced.graph.nodes.first)
  #expect(input.elementType == .int32 && input.shape == [2, 20])
  let layers = traced.summary.layers
  #expect(layers.map(\.output) == [[20, 8], [16, 4], [8, 4], [32], [3]])
  #expect(layers.map(\.parameters) == [800, 8 * 5 * 4 + 4, 0, 0, 32 * 3 + 3])
  // A word sees itself, a convolution five words, and a pooled number six.
  #expect(layers.prefix(3).map(\.receptiveField) == [[1], [5], [6]] && layers[2].step == [2])
}

@Test func `pictures of class numbers become one-hot channels`() throws {
  let model = Sequential {
    Permute([2, 1])
    Crop(before: [1, 0], after: [0, 1])
    OneHot(classes: 6)
    Conv2D(filters: 2, kernel: 3)
  }
  let layers = try trace(model, input: [5, 7], elementType: .int32).summary.layers
  #expect(layers.map(\.output) == [[7, 5], [6, 4], [6, 4, 6], [4, 2, 2]])
  #expect(layers.last?.receptiveField == [3, 3])
}

private let advice =
  "put Embedding(count:size:) or OneHot(classes:) before it if they stand for words or classes, or give it float32"

@Test(arguments: [
  (Gather([0], axis: 1) as any Layer, "gather_1: Gather takes floating-point numbers, got int32"),
  (Flip(axes: [1]), "flip_1: Flip takes floating-point numbers, got int32"),
  (Repeat([2]), "repeat_1: Repeat takes floating-point numbers, got int32"),
  (RepeatVector(2), "repeat_vector_1: RepeatVector takes floating-point numbers, got int32"),
  (Pad(before: [1], after: [1]), "pad_1: Pad takes floating-point numbers, got int32"),
  (Dense(2), "dense_1: Dense takes floating-point numbers, got int32"),
  (RBF(2), "rbf_1: RBF takes floating-point numbers, got int32"),
  (ReLU(), "relu_1: relu takes floating-point numbers, not int32"),
  (
    LocallyConnected1D(filters: 1, kernel: 2),
    "locally_connected1d_1: LocallyConnected1D takes floating-point numbers, got int32"
  ),
])
func `layers that compute say what to do about whole numbers`(layer: any Layer, problem: String) {
  do {
    let traced = try trace(Sequential([layer]), input: [4], elementType: .int32)
    Issue.record("traced without a mistake, output \(traced.outputShape)")
  } catch {
    #expect(error.errors.map(\.description) == ["\(problem); \(advice)"])
  }
}

@Test func `a model of pictures refuses whole numbers, all mistakes at once`() {
  let model = Sequential {
    Conv2D(filters: 4, kernel: 3)
    Flatten()
    Dense(10)
    Embedding(count: 5, size: 2)
  }
  let error = #expect(throws: ModelError.self) { try trace(model, input: [8, 8, 1], elementType: .int32) }
  #expect(error?.errors.first?.description == "conv2d_1: Conv2D takes floating-point numbers, got int32; \(advice)")
}

@Test(arguments: [ElementType.uint8, .int8, .bfloat16])
func `an input is of float32 or int32`(type: ElementType) {
  let error = #expect(throws: ModelError.self) { try trace(Flatten(), input: [4], elementType: type) }
  #expect(
    error?.description
      == "model: the input of a model cannot be of \(type); use float32 for pictures and measurements, int32 for words "
      + "and classes by their numbers")
}
