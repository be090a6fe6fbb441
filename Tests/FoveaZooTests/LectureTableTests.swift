import FoveaLayers
import FoveaZoo
import Testing

// The model tables of the lectures (checklist, section 4), row by row: the library's summary against the decks' values,
// and against the right ones where a deck misprints.

/// A row of a table: output shape, parameters.
private struct Row: Equatable {
  var output: Shape
  var parameters: Int
  init(_ output: Shape, _ parameters: Int) { (self.output, self.parameters) = (output, parameters) }
}

private func summary(_ name: String) throws -> Summary {
  let entry = try Catalogue.entry(for: name)
  return try trace(entry.make(), input: try #require(entry.input)).summary
}

private func rows(_ summary: Summary) -> [Row] { summary.layers.map { Row($0.output, $0.parameters) } }

@Test func `T1: three valid convolutions`() throws {
  let table = try summary("keras-mnist-valid")
  #expect(
    rows(table) == [
      Row([26, 26, 32], 320), Row([24, 24, 32], 9248), Row([22, 22, 32], 9248), Row([15488], 0), Row([128], 1_982_592),
      Row([10], 1290),
    ])
  #expect(table.parameters == 2_002_698)
}

@Test func `T2: three convolutions with padding`() throws {
  let table = try summary("keras-mnist-same")
  #expect(
    rows(table) == [
      Row([28, 28, 32], 320), Row([28, 28, 32], 9248), Row([28, 28, 32], 9248), Row([25088], 0), Row([128], 3_211_392),
      Row([10], 1290),
    ])
  #expect(table.parameters == 3_231_498)
}

@Test func `T3: three convolutions with padding and strides`() throws {
  let table = try summary("keras-mnist-strided")
  #expect(
    rows(table) == [
      Row([14, 14, 32], 320), Row([7, 7, 32], 9248), Row([4, 4, 32], 9248), Row([512], 0), Row([128], 65664),
      Row([10], 1290),
    ])
  #expect(table.parameters == 85770)
}

@Test func `T3: with stride 2, padding same puts the one zero below and right of 28 pixels`() throws {
  let entry = try Catalogue.entry(for: "t3")
  let graph = try trace(entry.make(), input: [28, 28, 1]).graph
  let first = try #require(graph.nodes.lazy.compactMap { $0.operation as? Op.Convolution }.first)
  #expect(first.window.edges(0, length: 28) == .init(before: 0, after: 1))
}

@Test func `T4: two convolutions with max pooling`() throws {
  let table = try summary("keras-mnist-pool")
  #expect(
    rows(table) == [
      Row([26, 26, 32], 320), Row([13, 13, 32], 0), Row([11, 11, 32], 9248), Row([5, 5, 32], 0), Row([800], 0),
      Row([128], 102_528), Row([10], 1290),
    ])
  #expect(table.parameters == 113_386)
}

/// The deck prints 18×18×16, 9×9×16 and 486 for the second convolution, its pooling and the flattening. They are wrong:
/// the convolution is valid, 14 − 5 + 1 = 10; and its own 48,120 parameters are 400 · 120 + 120.
@Test func `T5: LeNet-5 in Keras, with the deck's second half set right`() throws {
  let table = try summary("lenet5")
  #expect(
    rows(table) == [
      Row([28, 28, 6], 156), Row([14, 14, 6], 0), Row([10, 10, 16], 2416), Row([5, 5, 16], 0), Row([400], 0),
      Row([120], 48120), Row([84], 10164), Row([10], 850),
    ])
  #expect(table.parameters == 61706)
}

@Test func `T6: LeNet-5 on 32×32: maps and sizes, average pooling, tanh everywhere but at the output`() throws {
  let traced = try trace(LeNet5(), input: [32, 32, 1])
  #expect(
    traced.summary.layers.map(\.output) == [
      [28, 28, 6], [14, 14, 6], [10, 10, 16], [5, 5, 16], [400], [120], [84], [10],
    ])
  #expect(
    traced.summary.layers.map(\.kind) == [
      "Conv2D", "AveragePool2D", "Conv2D", "AveragePool2D", "Flatten", "Dense", "Dense", "Dense",
    ])
  let tanhs = traced.graph.nodes.filter { $0.operation is Op.Tanh }.map(\.path)
  #expect(tanhs == ["c1", "c3", "c5", "f6"])
  let windows = traced.graph.nodes.compactMap { ($0.operation as? Op.Convolution)?.window }
  #expect(windows.map(\.size) == [[5, 5], [5, 5]])
  #expect(windows.map(\.strides) == [[1, 1], [1, 1]])
}

/// C5 as the paper has it, a 5×5 convolution of 120 maps of 1×1, has the same parameters as the dense layer.
@Test func `T6: C5 is a convolution that sees all of S4`() throws {
  let c5 = try trace(Conv2D(filters: 120, kernel: 5), input: [5, 5, 16]).summary
  #expect(rows(c5) == [Row([1, 1, 120], 48120)])
}

@Test func `T9: the parameters of LeNet-5`() throws {
  let table = try summary("t9")
  #expect(table.layers.filter { $0.kind != "Flatten" }.map(\.parameters) == [156, 0, 2416, 0, 48120, 10164, 850])
  #expect(table.parameters == 61706)
}

@Test func `T26: a tour of Keras layers`() throws {
  #expect(
    rows(try summary("keras-heads")) == [
      Row([26, 26, 32], 896), Row([13, 13, 32], 0), Row([5408], 0), Row([32], 0),
    ])
}

@Test func `T29: the multiply-adds of LeNet-5`() throws {
  let table = try summary("lenet5")
  #expect(table.multiplyAdds == 416_520)
  #expect(table.layers.map(\.multiplyAdds) == [117_600, 0, 240_000, 0, 0, 48000, 10080, 840])
}

@Test(arguments: [[28, 28, 1], [32, 32, 1]] as [Shape])
func `P8: the receptive fields of LeNet-5`(input: Shape) throws {
  let fields = try trace(LeNet5(), input: input).summary.layers.filter { $0.kind != "Flatten" }.map(\.receptiveField)
  #expect(fields == [[5, 5], [6, 6], [14, 14], [16, 16], [32, 32], [32, 32], [32, 32]])
}

@Test func `Q11: pooling has no parameters and shrinks what is kept`() throws {
  let table = try summary("keras-mnist-pool")
  for (layer, pooled) in zip(table.layers, table.layers.dropFirst()) where pooled.kind == "MaxPool2D" {
    #expect(pooled.parameters == 0)
    #expect(pooled.activationBytes * 4 <= layer.activationBytes)
  }
}
