import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaOneDNN
import FoveaReference
import FoveaTestSupport
import Testing

// oneDNN computes bfloat16 on every processor with AVX-512, by way of float32 where it has no instruction for it.

private func rounded(_ shape: Shape, seed: UInt64) -> Tensor {
  Tensor(ReferenceTensor<Double>.distinct(shape, seed: seed).values.map { BFloat16(Float($0)) }, shape: shape)
}

private struct Example: Sendable, CustomTestStringConvertible {
  var operation: any Operation
  var shapes: [Shape]
  var testDescription: String { "\(operation) on \(shapes)" }

  init(_ operation: any Operation, _ shapes: Shape...) { (self.operation, self.shapes) = (operation, shapes) }
}

private let same = Op.Convolution(Window(size: [3, 3], padding: .same))
private let strided = Op.Convolution(Window(size: [3, 2], strides: [2, 1], padding: .explicit(1)))
private let grouped = Op.Convolution(Window(size: [3, 3], padding: .explicit(1)), groups: 4)

private let examples = [
  Example(same, [2, 7, 5, 3], [3, 3, 3, 17]), Example(same, [1, 6, 6, 32], [3, 3, 32, 64]),
  Example(strided, [2, 9, 8, 20], [3, 2, 20, 16]), Example(grouped, [2, 6, 6, 16], [3, 3, 4, 8]),
  Example(Op.Convolution(Window(size: [5], strides: [2])), [2, 19, 6], [5, 6, 8]),
  Example(Op.ConvolutionInputGradient(of: same, inputShape: [2, 7, 5, 16]), [2, 7, 5, 17], [3, 3, 16, 17]),
  Example(Op.ConvolutionInputGradient(of: strided, inputShape: [2, 9, 8, 20]), [2, 5, 9, 16], [3, 2, 20, 16]),
  Example(Op.ConvolutionWeightsGradient(of: same, weightsShape: [3, 3, 16, 17]), [2, 7, 5, 17], [2, 7, 5, 16]),
  Example(Op.ConvolutionWeightsGradient(of: strided, weightsShape: [3, 2, 20, 16]), [2, 5, 9, 16], [2, 9, 8, 20]),
  Example(Op.MatrixProduct(), [3, 17], [17, 5]), Example(Op.MatrixProduct(transposesB: true), [4, 64], [100, 64]),
  Example(Op.MatrixProduct(transposesA: true), [64, 16], [64, 32]),
]

/// Channels that fill registers of every size, and what is left of them; windows that reach beyond every edge.
private let poolings: [(Window, Shape)] = [
  (Window(size: [3, 3], strides: [2, 2], padding: .explicit(1)), [2, 9, 8, 19]),
  (Window(size: [2, 2], strides: [2, 2]), [1, 7, 6, 189]),
  (Window(size: [3], strides: [1], padding: .same), [2, 11, 64]),
  (Window(size: [2, 3, 2], strides: [1, 2, 2], dilations: [2, 1, 1], padding: .same), [1, 5, 6, 7, 33]),
]

@Suite(.enabled(if: OneDNNBackend.emulatesBFloat16, "oneDNN has no bfloat16 without AVX-512"))
struct `products of bfloat16` {
  @Test(arguments: examples) private func `agree with the reference, whatever follows them`(example: Example) throws {
    let shape = try example.operation.outputShape(for: example.shapes)
    let inputs = example.shapes.enumerated().map { rounded($1, seed: UInt64($0)) }
    let isHost = example.operation is any EpilogueHost
    for isNarrow in [false, true] {
      for hasBias in isHost ? [false, true] : [false] {
        for hasResidual in isHost ? [false, true] : [false] {
          var epilogue = Epilogue()
          (epilogue.hasBias, epilogue.hasResidual) = (hasBias, hasResidual)
          epilogue.activation = hasBias && isHost ? .relu : nil
          var operands = inputs
          if hasBias {
            operands.append(Tensor((0..<shape.channels).map { Float($0 % 5) - 2 }, shape: [shape.channels]))
          }
          if hasResidual {
            let residual = rounded(shape, seed: 7)
            operands.append(isNarrow ? residual : Tensor(residual.floats, shape: shape))
          }
          try check(Mixed(example.operation, epilogue, isNarrow: isNarrow), operands)
        }
      }
    }
  }

  private func check(_ operation: Mixed, _ inputs: [Tensor]) throws {
    let expected = try #require(try KernelRun(operation, on: inputs, backend: ReferenceBackend())())
    var run = KernelRun(operation, on: inputs, backend: OneDNNBackend())
    run.staticInputs = [1]
    // One that oneDNN does not generate code for stays in float32.
    guard let kernel = try run.kernel() else { return }
    for overwritten in [nil] + kernel.overwritableInputs.map(Optional.some) {
      run.overwrittenInput = overwritten
      let found = try #require(try run())
      #expect(found.elementType == (operation.isNarrow ? .bfloat16 : .float32))
      // A sum that lies between two numbers of 8 bits may round to either: 2⁻⁸ of it.
      #expect(
        relativeError(of: found.floats.map(Double.init), to: expected.floats.map(Double.init))
          < (operation.isNarrow ? 0.0079 : 1e-5), "\(operation.label), over \(overwritten as Int?)")
      if operation.isNarrow { expectNearest(found, expected) }
    }
  }

  @Test func `most of them have a fast kernel`() throws {
    let found = try examples.filter { example in
      let inputs = example.shapes.map { rounded($0, seed: 1) }
      return try KernelRun(Mixed(example.operation), on: inputs, backend: OneDNNBackend()).kernel() != nil
    }
    #expect(found.count >= 8)
  }

  @Test func `numbers are rounded to the nearest, ties to even`() throws {
    let x: [Float] = [0, 1, 1.00390625, 1.01171875, -3.14159, 1e38, .infinity, -.infinity]
    for backend in backends {
      let narrow = try #require(
        try KernelRun(RoundToBFloat16(), on: [Tensor(x, shape: [2, 4])], backend: backend)())
      #expect(narrow.floats == x.map { Float(BFloat16($0)) })
      #expect(try KernelRun(WidenBFloat16(), on: [narrow], backend: backend)()?.floats == narrow.floats)
    }
  }

  @Test(arguments: poolings)
  private func `max pooling keeps the type`(window: Window, shape: Shape) throws {
    let x = rounded(shape, seed: 4)
    let expected = try KernelRun(Op.MaxPool(window), on: [Tensor(x.floats, shape: x.shape)], backend: backends[0])()
    for backend in backends {
      let found = try KernelRun(Op.MaxPool(window), on: [x], backend: backend)()
      #expect(found?.elementType == .bfloat16 && found?.floats == expected?.floats, "\(backend.name)")
    }
  }

  @Test(arguments: [1, 12, 128]) func `max pooling takes what is not a number for the largest`(channels: Int) throws {
    let none = Float.nan
    let x: [Float] = [1, none, -none, -2, -.infinity, -.infinity, -3, -1, .infinity, 2, -0.5, -none]
    let images = Tensor(x.flatMap { [BFloat16](repeating: BFloat16($0), count: channels) }, shape: [1, 12, channels])
    for backend in backends {
      let found = try #require(
        try KernelRun(Op.MaxPool(Window(size: [2], strides: [2])), on: [images], backend: backend)()?.floats)
      for (pair, expected) in [none, none, -.infinity, -1, .infinity, none].enumerated() {
        let some = found[pair * channels..<(pair + 1) * channels]
        #expect(some.allSatisfy { $0 == expected || ($0.isNaN && expected.isNaN) }, "\(backend.name), \(pair)")
      }
    }
  }
}
