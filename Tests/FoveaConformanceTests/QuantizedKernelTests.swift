import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaOneDNN
import FoveaReference
import FoveaTestSupport
import Testing

private typealias Range = Quantization.Range

/// Whole numbers of the type, its ends among them.
private func whole(_ shape: Shape, _ type: ElementType, seed: UInt64) -> Tensor {
  let random = RandomStream(seed: seed, stream: RandomStream.identifier(of: "whole numbers"))
  func numbers(_ bounds: ClosedRange<Int>) -> [Int] {
    (0..<shape.count).map { index in
      index == 0
        ? bounds.lowerBound
        : index == 1
          ? bounds.upperBound
          : bounds.lowerBound + random.integer(index, below: bounds.count)
    }
  }
  return type == .uint8
    ? Tensor(numbers(0...255).map { UInt8($0) }, shape: shape)
    : Tensor(numbers(-128...127).map { Int8($0) }, shape: shape)
}

/// What one product is made of; everything else follows.
private struct Example: Sendable, CustomTestStringConvertible {
  var base: any EpilogueHost
  var input: Shape
  var weights: Shape
  var testDescription: String { "\(base) on \(input), \(weights)" }
}

private let examples = [
  Example(base: Op.Convolution(Window(size: [3, 3], padding: .same)), input: [2, 7, 5, 3], weights: [3, 3, 3, 17]),
  Example(base: Op.Convolution(Window(size: [1, 1])), input: [1, 6, 6, 64], weights: [1, 1, 64, 32]),
  Example(
    base: Op.Convolution(Window(size: [3, 2], strides: [2, 1], padding: .edges([.init(before: 1, after: 0)]))),
    input: [1, 9, 8, 20], weights: [3, 2, 20, 16]),
  Example(
    base: Op.Convolution(Window(size: [3, 3], dilations: [2, 2], padding: .explicit(2))), input: [1, 8, 8, 16],
    weights: [3, 3, 16, 24]),
  Example(
    base: Op.Convolution(Window(size: [3, 3], padding: .explicit(1)), groups: 4), input: [2, 6, 6, 16],
    weights: [3, 3, 4, 8]),
  Example(
    base: Op.Convolution(Window(size: [3, 3], padding: .explicit(1)), groups: 32), input: [1, 7, 7, 32],
    weights: [3, 3, 1, 32]),
  Example(base: Op.Convolution(Window(size: [5], strides: [2])), input: [2, 19, 6], weights: [5, 6, 8]),
  Example(
    base: Op.Convolution(Window(size: [2, 2, 2], padding: .same)), input: [1, 4, 4, 4, 5], weights: [2, 2, 2, 5, 7]),
  Example(base: Op.MatrixProduct(), input: [3, 17], weights: [17, 5]),
  Example(base: Op.MatrixProduct(), input: [1, 256], weights: [256, 100]),
]

/// Whether the processor has kernels for whole numbers; others compute in `float32`, which other tests see.
private let hasKernels =
  (try? KernelRun(
    Quantized(Op.MatrixProduct(), Epilogue(), input: Range(scale: 1, isSigned: false), weights: [1]),
    on: [whole([1, 1], .uint8, seed: 0), whole([1, 1], .int8, seed: 1)], backend: OneDNNBackend()
  ).kernel()) ?? nil

@Suite(.enabled(if: hasKernels != nil, "the processor does not multiply bytes")) struct `products of whole numbers` {
  @Test(arguments: examples, [false, true])
  private func `agree with the reference, whatever follows them`(example: Example, isSigned: Bool) throws {
    let shape = try example.base.outputShape(for: [example.input, example.weights])
    let channels = shape.channels
    let scales = (0..<channels).map { 0.001 + 0.0005 * Float($0 % 7) }
    let input = Range(scale: 0.02, isSigned: isSigned)
    let x = whole(example.input, input.elementType, seed: 3)
    let w = Tensor(
      whole(example.weights, .int8, seed: 4).array(of: Int8.self).map { max($0, -127) }, shape: example.weights)
    let bias = Tensor((0..<channels).map { Float($0 * 311 % 97) * 40 - 1500 }, shape: [channels])
    let largest = 0.02 * 0.004 * 128 * 64 * Float(example.weights.count / channels).squareRoot()
    for hasBias in [false, true] {
      for activation in [nil, Epilogue.Activation.relu] {
        for output in [nil, Range(largest: largest, isSigned: false), Range(largest: largest, isSigned: true)] {
          for residual in [nil, Range(largest: largest, isSigned: false), Range(largest: largest, isSigned: true)] {
            var epilogue = Epilogue()
            (epilogue.hasBias, epilogue.hasResidual) = (hasBias, residual != nil)
            epilogue.activation = activation
            let operation = Quantized(
              example.base, epilogue, input: input, weights: scales, residual: output == nil ? nil : residual,
              output: output)
            var inputs = [x, w] + (hasBias ? [bias] : [])
            if let residual {
              inputs.append(
                output == nil
                  ? Tensor((0..<shape.count).map { Float($0 % 13) - 6 }, shape: shape)
                  : whole(shape, residual.elementType, seed: 5))
            }
            try check(operation, inputs)
          }
        }
      }
    }
  }

  private func check(_ operation: Quantized, _ inputs: [Tensor]) throws {
    var fast = KernelRun(operation, on: inputs, backend: OneDNNBackend())
    fast.staticInputs = [1, 2]
    guard let found = try fast() else { return }  // the layer stays in float32
    let expected = try #require(try KernelRun(operation, on: inputs, backend: ReferenceBackend())())
    #expect(found.elementType == expected.elementType)
    let pairs = zip(found.floats, expected.floats)
    if operation.output == nil {
      #expect(
        relativeError(of: found.floats.map(Double.init), to: expected.floats.map(Double.init)) < 1e-5,
        "\(operation.label)")
    } else {
      // Sums that lie between two whole numbers may round to either.
      #expect(pairs.allSatisfy { abs($0 - $1) <= 1 }, "\(operation.label)")
      #expect(pairs.count(where: { $0 != $1 }) <= 1 + expected.shape.count / 100, "\(operation.label)")
      #expect(Set(expected.floats).count > 3, "\(operation.label) tells nothing")
    }
  }

  @Test func `no sum of products overflows`() throws {
    // 255 · 127 in every place: a 16-bit sum of two would not hold it.
    let operation = Quantized(Op.MatrixProduct(), Epilogue(), input: Range(scale: 1, isSigned: false), weights: [1, 1])
    let x = Tensor([UInt8](repeating: 255, count: 512), shape: [1, 512])
    let w = Tensor((0..<1024).map { Int8($0 % 2 == 0 ? 127 : -127) }, shape: [512, 2])
    let found = try KernelRun(operation, on: [x, w], backend: OneDNNBackend())()
    #expect(found?.floats == [255 * 127 * 512, -255 * 127 * 512])
  }
}

@Test func `numbers become the nearest whole ones, ties even, the ends where they lie beyond`() throws {
  let x: [Float] = [0, 0.25, 0.75, -0.25, 1.25, 63.49, -63.6, 200, -200, .infinity, -.infinity, .nan]
  for backend in backends {
    let signed = try KernelRun(
      Quantize(Range(scale: 0.5, isSigned: true)), on: [Tensor(x, shape: [12])], backend: backend)()
    #expect(signed?.array(of: Int8.self) == [0, 0, 2, 0, 2, 127, -127, 127, -128, 127, -128, -128])
    let unsigned = try KernelRun(
      Quantize(Range(scale: 0.5, isSigned: false)), on: [Tensor(x, shape: [12])], backend: backend)()
    #expect(unsigned?.array(of: UInt8.self) == [0, 0, 2, 0, 2, 127, 0, 255, 0, 255, 0, 0])
    for tensor in [signed, unsigned].compactMap(\.self) {
      let range = Range(scale: 0.5, isSigned: tensor.elementType == .int8)
      let back = try KernelRun(Dequantize(range), on: [tensor], backend: backend)()
      #expect(back?.floats == tensor.floats.map { $0 / 2 })
    }
    let weights = try KernelRun(
      QuantizeWeights(scales: [0.5, 2, 1e-30]), on: [Tensor([Float]([1, 1, 1, -80, 5, -1]), shape: [2, 3])],
      backend: backend)()
    #expect(weights?.array(of: Int8.self) == [2, 0, 127, -127, 2, -127])
  }
}

@Test(arguments: [
  Window(size: [3, 3], strides: [2, 2], padding: .explicit(1)), Window(size: [2, 2], strides: [2, 2]),
  Window(size: [3, 2], strides: [1, 2], padding: .same), Window(size: [2, 2], dilations: [2, 2]),
])
func `max pooling of bytes is that of their numbers`(window: Window) throws {
  for type in [ElementType.uint8, .int8] {
    let x = whole([2, 9, 8, 19], type, seed: 6)
    let expected = try KernelRun(Op.MaxPool(window), on: [Tensor(x.floats, shape: x.shape)], backend: backends[0])()
    for backend in backends {
      let found = try KernelRun(Op.MaxPool(window), on: [x], backend: backend)()
      #expect(found?.elementType == type && found?.floats == expected?.floats, "\(backend.name) \(type)")
    }
  }
}
