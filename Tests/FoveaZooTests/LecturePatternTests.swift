import FoveaLayers
import FoveaZoo
import Testing

@Test(arguments: [
  "[[CONV-RELU]*2-POOL]*3-[FC-RELU]*1-SOFTMAX", "[[CONV-RELU]*5-POOL?]*9-[FC-RELU]*2-SOFTMAX",
  "[[CONV-RELU]*1]*4-[FC-RELU]*0-SOFTMAX", "INPUT 28x28x1-[[CONV-RELU]*1-POOL]*1-[FC-RELU]*1-SOFTMAX",
])
func `A19: the pattern reads back as itself, and so does the model of that name`(text: String) throws {
  let pattern = try LecturePattern(text)
  #expect(pattern.description == text)
  #expect(try LecturePattern(pattern.description) == pattern)
  let entry = try Catalogue.entry(for: text)
  #expect(entry.name == text && entry.classes == 10)
  let summary = try trace(entry.make(), input: try #require(entry.input)).summary
  #expect(try trace(pattern, input: try #require(entry.input)).summary == summary)
}

@Test func `A19: N, M and K say how often, and sizes follow the lectures' advice`() throws {
  let pattern = try LecturePattern("INPUT → [[CONV → RELU]*2 → POOL]*3 → [FC → RELU]*1 → SOFTMAX")
  #expect((pattern.convolutions, pattern.blocks, pattern.denseLayers) == (2, 3, 1))
  #expect(pattern.description == "[[CONV-RELU]*2-POOL]*3-[FC-RELU]*1-SOFTMAX")
  let summary = try trace(pattern, input: [32, 32, 3]).summary
  let block = ["Conv2D", "ReLU", "Conv2D", "ReLU", "MaxPool2D"]
  #expect(summary.layers.map(\.kind) == block + block + block + ["Flatten", "Dense", "ReLU", "Dense"])
  let maps = summary.layers.filter { ["MaxPool2D", "Flatten", "Dense"].contains($0.kind) }.map(\.output)
  #expect(maps == [[16, 16, 32], [8, 8, 64], [4, 4, 128], [2048], [128], [10]])
  // 896 + 9,248; 18,496 + 36,928; 73,856 + 147,584; 2,048·128 + 128; 1,290.
  #expect(summary.parameters == 896 + 9248 + 18496 + 36928 + 73856 + 147_584 + 262_272 + 1290)
}

@Test func `an optional pooling pools as long as there is something to halve, another one does not fit`() throws {
  let optional = try trace(LecturePattern("[[conv-relu]*1-pool?]*9-softmax"), input: [32, 32, 3])
  #expect(optional.layers.count { $0.kind == "MaxPool2D" } == 5)
  #expect(throws: ModelError.self) {
    try trace(LecturePattern("[[conv-relu]*1-pool]*9-softmax"), input: [32, 32, 3])
  }
}

@Test func `the pattern's model has as many outputs as classes, and what is no pattern is a model line`() throws {
  let entry = try Catalogue.entry(for: "[[conv=>relu]*1 => pool]*1 => [fc=>relu]*2 => softmax")
  #expect(try trace(entry.make(classes: 7), input: [28, 28, 1]).outputShape == [7])
  #expect(try Catalogue.entry(for: "[[conv 8 - relu]*1 - pool]*1 - fc 3").isLine)
}

@Test(arguments: [
  (
    "[[CONV-RELU]*N-POOL?]*M-[FC-RELU]*K-SOFTMAX",
    "'*N' of the lectures' pattern: give a number for N, 0 to 100, such as [[CONV-RELU]*2-POOL]*3-[FC-RELU]*1-SOFTMAX"
  ),
  (
    "[[CONV-RELU]*2-POOL?]*3-[FC-RELU]*101-SOFTMAX",
    "'*101' of the lectures' pattern: give a number for K, 0 to 100, such as [[CONV-RELU]*2-POOL]*3-[FC-RELU]*1-SOFTMAX"
  ),
  (
    "INPUT 0x4x4-[[CONV-RELU]*2]*3-SOFTMAX",
    "INPUT of the lectures' pattern: give height x width x channels, such as INPUT 32x32x3"
  ),
])
func `a pattern without its numbers says what is missing`(text: String, sentence: String) {
  let error = #expect(throws: ZooError.self) { try Catalogue.entry(for: text) }
  #expect(error?.description == sentence)
}

@Test func `only the pattern is the pattern`() {
  for text in ["lenet5", "[[CONV-RELU]*2", String(repeating: "[[CONV-RELU]*2-", count: 10_000)] {
    #expect(throws: ZooError.self) { try LecturePattern(text) }
  }
}

/// A line for every word, and for what can stand in it.
@Test(arguments: [
  "input 32x32x3 - conv 8 1x7 /2x1 valid dilation 2 groups 1 - [bn - relu6]*2 - pool 3x3 /2 same - gap - fc 10",
  "input 8x8x2 - [[ln - lrn - leakyrelu]*2 - avgpool]*2 - prelu - elu - selu - gelu - flatten - fc 3 - softmax",
  "input 9x9x1 - silu - hardswish - mish - softplus - tanh - sigmoid - gmp - dropout 1e-3 - softmax",
  "input 20 int32 - embedding 100 8 - flatten - fc 2", "input 8x8 int32 - onehot 4 - conv 2 - [pool]*0 - fc 2",
  "input 16x16x1 - conv 4 5 full - relu*3 - [[pool]]*2 - fc 10",
])
func `the plainest form of a line makes the same model`(line: String) throws {
  let pattern = try ModelPattern(line)
  let again = try ModelPattern(pattern.description)
  #expect(again == pattern && again.description == pattern.description)
  #expect(again.input == pattern.input && again.elementType == pattern.elementType)
  let (input, type) = (try #require(pattern.input), pattern.elementType)
  let models = try [pattern, again].map { try trace($0, input: input, elementType: type) }
  #expect(models[0].summary == models[1].summary)
  #expect(models[0].graph.nodes.map { "\($0.operation)" } == models[1].graph.nodes.map { "\($0.operation)" })
}
