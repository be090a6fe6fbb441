import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaOneDNN
import FoveaReference
import FoveaTestSupport
import Testing

private func rounded(_ shape: Shape, seed: UInt64) -> Tensor {
  Tensor(ReferenceTensor<Double>.distinct(shape, seed: seed).values.map { BFloat16(Float($0)) }, shape: shape)
}

private struct Example: Sendable, CustomTestStringConvertible {
  var window: Window
  var x: Shape
  var filters: Int
  var testDescription: String { "\(window) on \(x), \(filters) filters" }

  init(_ window: Window, _ x: Shape, filters: Int) { (self.window, self.x, self.filters) = (window, x, filters) }

  func run() throws -> KernelRun {
    let convolution = Op.Convolution(window)
    let weights = Shape(window.size + [x.channels, filters])
    let output = try convolution.outputShape(for: [x, weights])
    return KernelRun(
      Mixed(Op.ConvolutionWeightsGradient(of: convolution, weightsShape: weights)),
      on: [rounded(output, seed: 2), rounded(x, seed: 0)], backend: OneDNNBackend())
  }
}

private func square(_ size: Int, stride: Int = 1, dilation: Int = 1, _ padding: Padding = .same) -> Window {
  Window(size: [size, size], strides: [stride, stride], dilations: [dilation, dilation], padding: padding)
}

/// Whole blocks and halves; one piece of the positions and several, one part and several; every edge; phases of strided windows,
/// shifts that are even and odd; sizes that differ along the axes; windows that reach beyond the image on both sides.
private let examples = [
  Example(square(1), [2, 5, 7, 32], filters: 64), Example(square(1), [3, 23, 29, 48], filters: 16),
  Example(square(1, stride: 2), [2, 9, 8, 64], filters: 80), Example(square(3), [2, 7, 5, 16], filters: 48),
  Example(square(3, .valid), [1, 12, 9, 112], filters: 32),
  Example(square(3, .explicit(2)), [2, 6, 6, 32], filters: 32),
  Example(square(3, stride: 2, .explicit(1)), [2, 14, 11, 48], filters: 64),
  Example(square(3, stride: 3), [2, 10, 13, 32], filters: 16), Example(square(5), [1, 9, 31, 16], filters: 32),
  Example(square(3, dilation: 2), [1, 11, 10, 32], filters: 48), Example(square(3), [1, 1, 1, 32], filters: 32),
  Example(square(5, stride: 2, dilation: 3, .explicit(4)), [1, 15, 13, 16], filters: 16),
  Example(square(7, stride: 2, .explicit(3)), [1, 20, 17, 16], filters: 32),
  Example(square(2, stride: 2, .valid), [2, 9, 9, 32], filters: 16), Example(square(3), [4, 40, 33, 16], filters: 16),
  Example(Window(size: [1, 5], strides: [1, 2], padding: .same), [2, 4, 21, 32], filters: 48),
  Example(Window(size: [7], padding: .same), [3, 50, 64], filters: 32),
  Example(Window(size: [4, 3], strides: [3, 1], padding: .explicit(1)), [1, 13, 6, 256], filters: 160),
]

@Suite(.serialized, .enabled(if: OneDNNBackend.hasAMX, "tiles are multiplied by AMX"))
struct `weights' gradients in tiles of AMX` {
  @Test(arguments: examples) private func `agree with the reference`(example: Example) throws {
    let run = try example.run()
    #expect(try run.kernel()?.name == "c amx")
    let expected = try #require(try KernelRun(run.operation, on: run.inputs, backend: ReferenceBackend())())
    let found = try #require(try run())
    #expect(relativeError(of: found.floats.map(Double.init), to: expected.floats.map(Double.init)) < 1e-5)
  }

  @Test(arguments: examples) private func `give the same bits on any number of threads`(example: Example) throws {
    let usual = OneDNNBackend.threads
    defer { OneDNNBackend.threads = usual }
    let results = try [1, 2, 3, 5, 16].map { threads in
      OneDNNBackend.threads = threads
      return try #require(try example.run()())
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test func `are for channels and filters by the 16, and for windows of 64 taps`() throws {
    for example in [
      Example(square(3), [1, 6, 6, 24], filters: 32), Example(square(3), [1, 6, 6, 32], filters: 24),
      Example(square(9), [1, 12, 12, 16], filters: 16),
    ] {
      #expect(try example.run().kernel()?.name != "c amx", "\(example.testDescription)")
    }
  }
}
