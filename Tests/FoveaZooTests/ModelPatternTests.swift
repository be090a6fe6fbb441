import FoveaLayers
import FoveaZoo
import Testing

@Test func `A19: the lectures' pattern as a line`() throws {
  let pattern = try ModelPattern("[[conv 32 3x3 - relu]*2 - pool]*2 - fc 128 - relu - fc 10")
  let summary = try trace(pattern, input: [28, 28, 1]).summary
  #expect(
    summary.layers.map(\.kind) == [
      "Conv2D", "ReLU", "Conv2D", "ReLU", "MaxPool2D", "Conv2D", "ReLU", "Conv2D", "ReLU", "MaxPool2D", "Flatten",
      "Dense", "ReLU", "Dense",
    ])
  #expect(
    summary.layers.filter { $0.kind != "ReLU" }.map(\.output) == [
      [28, 28, 32], [28, 28, 32], [14, 14, 32], [14, 14, 32], [14, 14, 32], [7, 7, 32], [1568], [128], [10],
    ])
  #expect(summary.layers.first?.path == "conv2d_1")
  #expect(summary.parameters == 320 + 3 * 9248 + 1568 * 128 + 128 + 1290)
}

@Test func `a line can spell LeNet-5, and ends in scores even if it says softmax`() throws {
  let line =
    "INPUT 32x32x1 -> conv 6 5 valid -> tanh -> avgpool -> conv 16 5 valid -> tanh -> avgpool => [fc 120 - tanh]*1 → fc 84 ⇒ tanh - fc 10 - softmax"
  let pattern = try ModelPattern(line)
  let traced = try trace(pattern, input: try #require(pattern.input))
  #expect(traced.summary.parameters == 61706)
  #expect(!traced.graph.nodes.contains { $0.operation is Op.Softmax })
}

@Test(arguments: [
  ("conv 8 5x5 /2 valid dilation 2 groups 4", Conv2D(filters: 8, kernel: 5, strides: 2, dilation: 2, groups: 4)),
  ("conv 8 1x7 stride 2x1", Conv2D(filters: 8, kernel: Size2D(1, 7), strides: Size2D(2, 1), padding: .same)),
  ("conv 8", Conv2D(filters: 8, kernel: 3, padding: .same)),
])
func `a convolution says what differs from the usual`(line: String, layer: Conv2D) throws {
  let traced = try trace(try ModelPattern(line), input: [40, 40, 4])
  let convolution = try #require(traced.graph.nodes.lazy.compactMap { $0.operation as? Op.Convolution }.first)
  let expected = try trace(layer, input: [40, 40, 4]).graph
  #expect(convolution == expected.nodes.lazy.compactMap { $0.operation as? Op.Convolution }.first)
}

@Test(arguments: [
  "conv 32 3x3 - relu", "[[conv 32 3x3 - relu]*2 - pool 2x2]*2 - fc 128 - relu - fc 10",
  "input 32x32x3 - conv 8 1x7 /2x1 valid dilation 2 groups 4 - bn - gap - dropout 0.25 - fc 10 - softmax",
  "input 20 int32 - embedding 1000 8 - flatten - fc 2", "input 8x8 int32 - onehot 16 - conv 4 3x3 - gap - fc 2",
  "[relu]*3 - pool 3x3 /2 - avgpool 2x2 same - gmp - flatten - tanh - sigmoid - [relu]*0", "[[relu]]*2 - [tanh]",
])
func `the plainest form of a line reads back as itself`(line: String) throws {
  let pattern = try ModelPattern(line)
  #expect(pattern.description == line)
  #expect(try ModelPattern(pattern.description) == pattern)
}

@Test func `spaces, capitals, other arrows and other names do not matter`() throws {
  #expect(
    try ModelPattern(" Conv2D 32 3×3->RELU*2=>MaxPool /2 → dense 10 ").description
      == "conv 32 3x3 - [relu]*2 - pool 2x2 - fc 10")
}

@Test(arguments: [
  ("conv 32 - cnov 16", 11, "there is no layer 'cnov'; did you mean 'conv'?"),
  (
    "conv - relu", 1,
    "'conv' needs a number of filters, 1 or more, below 2³¹; write conv FILTERS (3x3) (/1) (same|valid|full) (dilation 1) (groups 1)"
  ),
  (
    "conv 3x3 32", 6,
    "'3x3' is not a number of filters, 1 or more, below 2³¹; write conv FILTERS (3x3) (/1) (same|valid|full) (dilation 1) (groups 1)"
  ),
  ("relu - fc 10 20", 14, "'20' is no argument of 'fc'; write fc UNITS"),
  ("fc 0", 4, "'0' is not a number of units, 1 or more, below 2³¹; write fc UNITS"),
  (
    "pool 2x2x2", 6,
    "'2x2x2' is not a size such as 3 or 3x5, 1 or more, below 2³¹; write pool (2x2) (/2) (valid|same|full)"
  ),
  ("pool stride", 6, "'stride' needs a size, 1 or more, below 2³¹; write pool (2x2) (/2) (valid|same|full)"),
  ("pool stride 0", 6, "'0' is not a size, 1 or more, below 2³¹; write pool (2x2) (/2) (valid|same|full)"),
  ("pool /0", 6, "'/0' is not a stride, 1 or more, below 2³¹; write pool (2x2) (/2) (valid|same|full)"),
  ("pool same valid", 11, "the padding is given twice; write pool (2x2) (/2) (valid|same|full)"),
  ("pool same same", 11, "the padding is given twice; write pool (2x2) (/2) (valid|same|full)"),
  ("pool 2 3x3", 8, "the size is given twice; write pool (2x2) (/2) (valid|same|full)"),
  ("pool /2 stride 2", 9, "the stride is given twice; write pool (2x2) (/2) (valid|same|full)"),
  (
    "conv 4 groups 1 groups 2", 17,
    "the number of groups is given twice; write conv FILTERS (3x3) (/1) (same|valid|full) (dilation 1) (groups 1)"
  ),
  (
    "conv 4 groups 0", 8,
    "'0' is not a number of groups, 1 or more, below 2³¹; "
      + "write conv FILTERS (3x3) (/1) (same|valid|full) (dilation 1) (groups 1)"
  ),
  ("dropout 1.5", 9, "'1.5' is not a rate from 0 to below 1; write dropout RATE"),
  ("softmax - foo", 11, "there is no layer 'foo'; `fovea layers` lists them"),
  ("relu -", 7, "a layer is missing at the end; write one, such as relu, or remove the last '-'"),
  ("", 1, "a layer is missing at the end; write one, such as relu, or remove the last '-'"),
  ("- relu", 1, "a layer is missing before '-'; write one, such as relu"),
  ("[relu - ]", 9, "a layer is missing before ']'; write one, such as relu"),
  ("tanh - [relu - fc 3", 8, "this '[' is not closed; add ']'"),
  ("relu ] - fc 3", 6, "there is no '[' for this ']'; remove it"),
  ("*2", 1, "there is nothing to repeat; write [layers]*n"),
  ("[relu]*", 8, "'*' needs a number of repetitions; write one from 0 to 10000, e.g. *2"),
  ("[relu]*two", 8, "'*' needs a number of repetitions; write one from 0 to 10000, e.g. *2"),
  ("[relu]*2 fc 3", 10, "a '-' is missing here; put ' - ' between two layers"),
  ("relu [fc 3]", 6, "a '-' is missing before '['; write ' - ['"),
  ("fc -3", 1, "'fc' needs a number of units, 1 or more, below 2³¹; write fc UNITS"),
  ("relu - 3", 8, "a layer is expected, not the number 3; write its name first"),
  ("relu - input 3x3x3", 8, "'input' is not at the start; put it first or leave it out"),
  (
    "input 28x28 - relu", 7,
    "'28x28' is not an input shape; write height x width x channels, e.g. input 28x28x1, "
      + "or input 20 int32 for whole numbers"
  ),
  ("input 28x28x1", 14, "the input ends here; go on with '-' and a layer"),
  ("[relu]*0", 1, "the line makes no layer; repeat something at least once"),
  ("[[relu]*10000]*10000", 1, "the line makes more than 10000 layers; repeat less often"),
  ("relu - pool?", 8, "there is no layer 'pool?'; did you mean 'pool'?"),
])
func `a mistake in a line is told with its column`(line: String, column: Int, text: String) {
  let error = #expect(throws: PatternError.self) { try ModelPattern(line) }
  #expect(error?.column == column)
  #expect(
    error?.description
      == "column \(column) of the model line: \(text)\n  \(line)\n\(String(repeating: " ", count: column + 1))^")
}

@Test func `lines beyond all bounds end soon, with an error`() throws {
  let brackets = String(repeating: "[", count: 100_000) + "relu"
  #expect(throws: PatternError.self) { try ModelPattern(brackets) }
  #expect(throws: PatternError.self) { try ModelPattern("relu - " + String(repeating: "x", count: 1_000_000)) }
  let times = String(repeating: "]*10000", count: 20)
  #expect(throws: PatternError.self) { try ModelPattern(String(repeating: "[", count: 20) + "relu" + times) }
  #expect(throws: PatternError.self) { try ModelPattern(String(repeating: "[", count: 20) + "[relu]*0" + times) }
  #expect(throws: ModelError.self) { try trace(try ModelPattern("conv 2147483647 2147483647"), input: [4, 4, 1]) }
}

@Test func `of a long line the place of the mistake is shown`() throws {
  let error = #expect(throws: PatternError.self) {
    try ModelPattern(String(repeating: "relu - ", count: 500) + "rleu" + String(repeating: " - relu", count: 500))
  }
  let lines = try #require(error?.description).split(separator: "\n", omittingEmptySubsequences: false)
  #expect(lines.count == 3 && lines.allSatisfy { $0.count < 100 })
  #expect(lines[0] == "column 3501 of the model line: there is no layer 'rleu'; did you mean 'relu'?")
  #expect(lines[1].hasPrefix("  …") && lines[1].hasSuffix("…"))
  // The mark stands under the first letter.
  #expect(lines[1].dropFirst(lines[2].count - 1).hasPrefix("rleu - "))
  let word = #expect(throws: PatternError.self) { try ModelPattern(String(repeating: "x", count: 10_000)) }
  #expect(try #require(word?.description).count < 300)
}

@Test func `a rate may be written with an exponent`() throws {
  let pattern = try ModelPattern("relu - dropout 1e-4-fc 3")
  #expect(pattern.description == "relu - dropout 0.0001 - fc 3")
  #expect(try ModelPattern("dropout 1e-5").description == "dropout 1e-05")
  #expect(try ModelPattern("dropout 1E-05") == ModelPattern("dropout 1e-5"))
}

@Test func `a softmax alone is a layer`() throws {
  let traced = try trace(try ModelPattern("input 4x4x3 - softmax"), input: [4, 4, 3])
  #expect(traced.summary.layers.map(\.path) == ["softmax_1"])
  #expect(try trace(try ModelPattern("relu - softmax"), input: [4, 4, 3]).summary.layers.map(\.path) == ["relu_1"])
}
