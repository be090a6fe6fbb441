import FoveaCore
import FoveaGraph
import FoveaReference
import FoveaTestSupport
import Testing

private struct Example: Sendable, CustomTestStringConvertible {
  var window: Window
  var groups = 1
  var input: Shape
  var filters: Int
  var testDescription: String { "\(window) in \(groups) groups on \(input)" }
}

@Test(arguments: [
  Example(window: Window(size: [3]), input: [7, 1], filters: 1),
  Example(window: Window(size: [3], strides: [2], dilations: [2], padding: .full), input: [9, 2], filters: 3),
  Example(window: Window(size: [3, 2], padding: .same), input: [5, 4, 3], filters: 2),
  Example(
    window: Window(size: [2, 3], strides: [2, 1], padding: .explicit(1)), groups: 2, input: [5, 4, 4], filters: 6),
  Example(window: Window(size: [2, 2, 2], padding: .same), groups: 3, input: [2, 3, 3, 3], filters: 3),
]) private func `L26: a convolution is the product with its sparse matrix`(example: Example) throws {
  let convolution = Op.Convolution(example.window, groups: example.groups)
  let w = ReferenceTensor<Double>.distinct(
    Shape(example.window.size + [example.input.channels / example.groups, example.filters]), seed: 1)
  let x = ReferenceTensor<Double>.distinct(Shape([1] + example.input.dimensions), seed: 2)
  let matrix = try convolution.matrix(weights: w.tensor, input: example.input)
  let y = convolution.run([x, w], shape: try convolution.outputShape(for: [x.shape, w.shape]))
  #expect((matrix.rows, matrix.columns) == (y.shape.count, x.shape.count))
  #expect(relativeError(of: matrix * x.values, to: y.values) < 1e-12)
}

@Test func `a matrix of a 1-D convolution has the kernel in every row, one further right each time`() throws {
  let kernel = Tensor([1, 2, 3] as [Float], shape: [3, 1, 1])
  let matrix = try Op.Convolution(Window(size: [3])).matrix(weights: kernel, input: [5, 1])
  #expect((matrix.rows, matrix.columns, matrix.nonZeros) == (3, 5, 9))
  for row in 0..<3 {
    #expect(matrix[row].map(\.column) == [row, row + 1, row + 2])
    #expect(matrix[row].map(\.weight) == [1, 2, 3])
  }
  // F18: without padding 3 · 3 connections; with it, five neurons of which the two at the edges have two.
  let padded = try Op.Convolution(Window(size: [3], padding: .same)).matrix(weights: kernel, input: [5, 1])
  #expect(padded.nonZeros == 13)
}

@Test func `a matrix that no machine holds is an error`() throws {
  let convolution = Op.Convolution(Window(size: [3, 3], padding: .same))
  let weights = Tensor(shape: [3, 3, 64, 64])
  let error = #expect(throws: ShapeError.self) { try convolution.matrix(weights: weights, input: [512, 512, 64]) }
  #expect(error?.fix == "use a smaller input or fewer filters")
  #expect(throws: ShapeError.self) { try convolution.matrix(weights: weights, input: [8, 8, 3]) }
  #expect(throws: ShapeError.self) { try convolution.matrix(weights: weights, input: []) }
}
