import FoveaCompiler
import FoveaCore
import FoveaGraph
import Testing

/// The listing of the gradient of a convolution's input after the pass.
private func listing(_ window: Window, groups: Int = 1, input: Shape, filters: Int) throws -> [String] {
  try listing(after: TilesAsProducts()) { builder in
    let convolution = Op.Convolution(window, groups: groups)
    let weights = Shape(window.size + [input.channels / groups, filters])
    let output = try! convolution.outputShape(for: [input, weights])
    let (g, w) = (builder.input("g", shape: output), builder.input("w", shape: weights))
    builder.output("y", g.applying(Op.ConvolutionInputGradient(of: convolution, inputShape: input), w))
  }
}

private let tilings: [(Window, Shape)] = [
  (Window(size: [3], strides: [3]), [2, 12, 4]),
  (Window(size: [2, 3], strides: [2, 3]), [2, 6, 9, 4]),
  (Window(size: [2, 1, 2], strides: [2, 1, 2]), [2, 4, 3, 6, 4]),
]

@Test(arguments: tilings)
func `windows that tile the input become a product, each row of which is a tile`(window: Window, input: Shape) throws {
  let found = try listing(window, input: input, filters: 5)
  #expect(
    found == [
      "0 input g", "1 input w", "2 reshape(0)", "3 reshape(1)", "4 matrix_product(2, 3)", "5 reshape(4)",
      "6 assemble_tiles(5)", "output y = 6",
    ])
}

@Test func `windows that overlap, leave gaps, take padding or groups, or have one element stay`() throws {
  let stays: [(Window, Int, Shape)] = [
    (Window(size: [3, 3], strides: [2, 2]), 1, [2, 7, 7, 4]),
    (Window(size: [2, 2], strides: [3, 3]), 1, [2, 8, 8, 4]),
    (Window(size: [2, 2], strides: [2, 2]), 1, [2, 7, 6, 4]),
    (Window(size: [2, 2], strides: [2, 2], padding: .explicit(1)), 1, [2, 6, 6, 4]),
    (Window(size: [2, 2], strides: [2, 2], dilations: [2, 2]), 1, [2, 6, 6, 4]),
    (Window(size: [2, 2], strides: [2, 2]), 2, [2, 6, 6, 4]),
    (Window(size: [1, 1], strides: [1, 1]), 1, [2, 6, 6, 4]),
  ]
  for (window, groups, input) in stays {
    let found = try listing(window, groups: groups, input: input, filters: 6)
    #expect(found[2].contains("convolution_input_gradient"), "\(window)")
  }
}
