import FoveaLayers
import Testing

@Test func `normalisations keep the shape, and learn a scale and a bias`() throws {
  let vectors: [String: Shape] = ["scale": [6], "bias": [6]]
  try check(GroupNorm(groups: 3), input: [4, 5, 6], output: [4, 5, 6], parameters: vectors)
  try check(LayerNorm(), input: [4, 5, 6], output: [4, 5, 6], parameters: vectors)
  try check(LayerNorm(), input: [6], output: [6], parameters: vectors)
  try check(
    LayerNorm(over: .example), input: [4, 5, 6], output: [4, 5, 6],
    parameters: ["scale": [4, 5, 6], "bias": [4, 5, 6]])
  try check(InstanceNorm(affine: true), input: [9, 6], output: [9, 6], parameters: vectors)
  try check(InstanceNorm(), input: [2, 3, 4, 5], output: [2, 3, 4, 5])
  try check(LocalResponseNorm(), input: [4, 5, 6], output: [4, 5, 6])
  try check(LocalResponseNorm(over: .positions), input: [4, 5, 6], output: [4, 5, 6])
}

@Test func `weights are a direction and a length`() throws {
  try check(
    WeightNorm { Dense(3).named("dense") }, input: [5], output: [3],
    parameters: ["dense.weights": [5, 3], "dense.weights_length": [3], "dense.bias": [3]])
  let traced = try trace(WeightNorm { Dense(3, initializer: .heNormal) }, input: [8])
  let length = try #require(traced.graph.parameters.first { $0.parameter.path == "dense_1.weights_length" })
  // Eight numbers of variance 2 / 8.
  #expect(length.parameter.initializer == .constant(Float(2).squareRoot()))
  // A rule ends with its braces, and one in another applies to what that one makes.
  let plain = Sequential {
    WeightNorm { Dense(3) }
    Dense(3)
  }
  #expect(try trace(plain, input: [8]).graph.parameters.filter { $0.parameter.path.hasSuffix("length") }.count == 1)
  let both = try trace(
    DropConnect(0.5) { WeightNorm { Dense(3) } }, input: [8], isTraining: true)
  #expect(both.graph.nodes.count { $0.operation is Op.Dropout } == 1)
  #expect(both.graph.parameters.count == 3)
}

@Test func `dropouts of channels, examples and weights are drawn in training alone`() throws {
  let layers: [(any Layer, Shape)] = [
    (SpatialDropout(0.5), [3, 1, 1, 6]), (StochasticDepth(0.2), [3, 1, 1, 1]),
    (DropConnect(0.3) { Conv2D(filters: 2, kernel: 3, padding: .same) }, [3, 3, 6, 2]),
  ]
  for (layer, shape) in layers {
    for isTraining in [false, true] {
      let graph = try trace(layer, input: [4, 5, 6], batchSize: 3, isTraining: isTraining).graph
      let masks = graph.nodes.filter { $0.operation is Op.Dropout }.map(\.shape)
      #expect(masks == (isTraining ? [shape] : []), "\(layer)")
    }
  }
}

@Test func `embedding, radial basis functions, bilinear forms, squeeze and excitation`() throws {
  try check(RBF(10), input: [84], output: [10], parameters: ["centers": [84, 10]])
  try check(
    SqueezeExcitation(reduction: 4), input: [7, 7, 16], output: [7, 7, 16],
    parameters: [
      "squeeze.weights": [16, 4], "squeeze.bias": [4], "excite.weights": [4, 16], "excite.bias": [16],
    ])
  let builder = GraphBuilder(isTraining: false)
  let words = builder.input("words", shape: [2, 5], elementType: .int32)
  #expect(Embedding(count: 100, size: 8)(words).shape == [2, 5, 8])
  let (a, b) = (builder.input("a", shape: [2, 3]), builder.input("b", shape: [2, 4]))
  #expect(Bilinear(6)(a, b).shape == [2, 6])
  let paths = try builder.finish().parameters.map { "\($0.parameter.path) \($0.parameter.shape)" }
  #expect(paths == ["embedding_1.table 100×8", "bilinear_1.weights 3×24", "bilinear_1.bias 6"])
}

@Test func `branches are added and multiplied`() throws {
  try check(
    Add {
      Dense(3).named("a")
      Dense(3).named("b")
    }, input: [5], output: [3],
    parameters: ["a.weights": [5, 3], "a.bias": [3], "b.weights": [5, 3], "b.bias": [3]])
  try check(
    Multiply {
      Tanh()
      Sigmoid()
    }, input: [4, 4, 2], output: [4, 4, 2])
}

@Test func `mistakes of normalisations and branches say what would fit`() {
  #expect(
    mistakes(Sequential { GroupNorm(groups: 4) }, input: [4, 4, 6])
      == ["group_norm_1: 4 groups do not divide 6 channels; set groups to 3"])
  #expect(
    mistakes(Sequential { InstanceNorm() }, input: [7])
      == [
        "instance_norm_1: InstanceNorm takes positions and channels, got 7; put it before Flatten(), or use LayerNorm()"
      ])
  #expect(
    mistakes(Sequential { LocalResponseNorm(k: 0) }, input: [4, 4, 6])
      == ["local_response_norm_1: k is 0.0, alpha 0.0001, beta 0.75; use k above 0 and alpha of 0 or more"])
  #expect(
    mistakes(Sequential { Maxout(pieces: 4) }, input: [6])
      == ["maxout_1: Maxout of 4 pieces on 6 channels; give the layer before it a multiple of 4 filters or units"])
  #expect(
    mistakes(
      Add {
        Dense(3)
        Dense(4)
      }, input: [5])
      == [
        "model: the branches to add give 3, 4: they differ; give every branch the same filters and strides, and padding .same"
      ]
  )
  #expect(
    mistakes(Sequential { SpatialDropout(1) }, input: [4, 4, 6])
      == ["spatial_dropout_1: the dropout rate is 1.0; use 0 or more, and less than 1"])
  #expect(
    mistakes(Sequential { Embedding(count: 9, size: 4) }, input: [5])
      == [
        "embedding_1: Embedding takes row numbers of int32, got float32; "
          + "give the model an input of whole numbers: Network(_:input:elementType: .int32), "
          + "in a model line 'input 20 int32'"
      ])
  #expect(
    mistakes(Sequential { SqueezeExcitation(reduction: 16) }, input: [4, 4, 6])
      == ["squeeze_excitation_1: a reduction of 6 channels by 16; use 1...6"])
}
