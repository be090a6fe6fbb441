import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaOneDNN
import FoveaReference
import FoveaTestSupport
import Testing

private func rounded(_ shape: Shape, in range: ClosedRange<Double> = -1...1, seed: UInt64) -> Tensor {
  Tensor(
    ReferenceTensor<Double>.distinct(shape, in: range, seed: seed).values.map { BFloat16(Float($0)) }, shape: shape)
}

private struct Example: Sendable, CustomTestStringConvertible {
  var window: Window
  var x: Shape
  var filters: Int
  var testDescription: String { "\(window) on \(x), \(filters) filters" }

  init(_ window: Window, _ x: Shape, filters: Int) { (self.window, self.x, self.filters) = (window, x, filters) }

  var convolution: Op.Convolution { Op.Convolution(window) }
  var w: Shape { Shape(window.size + [x.channels, filters]) }
  var y: Shape { get throws { try convolution.outputShape(for: [x, w]) } }

  var forwardInputs: [Tensor] { [rounded(x, seed: 0), rounded(w, in: -0.25...0.25, seed: 1)] }

  /// The gradient of the input, or of the weights.
  func gradients(isNarrow: Bool) throws -> [(Mixed, [Tensor])] {
    let g = rounded(try y, seed: 2)
    return [
      (
        Mixed(Op.ConvolutionInputGradient(of: convolution, inputShape: x), isNarrow: isNarrow),
        [g, rounded(w, in: -0.25...0.25, seed: 1)]
      ),
      (Mixed(Op.ConvolutionWeightsGradient(of: convolution, weightsShape: w)), [g, rounded(x, seed: 0)]),
    ]
  }
}

private func square(_ size: Int, stride: Int = 1, dilation: Int = 1, _ padding: Padding = .same) -> Window {
  Window(size: [size, size], strides: [stride, stride], dilations: [dilation, dilation], padding: padding)
}

/// Whole blocks and halves; one piece of the positions and several, one part and several; every edge; phases of strided
/// windows, and inputs that none of their taps meets; shifts that are even and odd; sizes that differ along the axes;
/// windows that reach beyond the image on both sides; positions that are read where they lie, and such as are copied.
private let examples = [
  Example(square(1), [2, 5, 7, 32], filters: 64), Example(square(1), [3, 23, 29, 48], filters: 16),
  Example(square(1), [1, 6, 6, 1024], filters: 32), Example(square(1), [1, 5, 5, 1056], filters: 48),
  Example(square(1, stride: 2), [2, 9, 8, 64], filters: 80), Example(square(3), [2, 7, 5, 16], filters: 48),
  Example(square(3, .valid), [1, 12, 9, 112], filters: 32),
  Example(square(3, .explicit(2)), [2, 6, 6, 32], filters: 32),
  Example(square(3, stride: 2, .explicit(1)), [2, 14, 11, 48], filters: 64),
  Example(square(3, stride: 3), [2, 10, 13, 32], filters: 16), Example(square(5), [1, 9, 31, 16], filters: 32),
  Example(square(3, dilation: 2), [1, 11, 10, 32], filters: 48), Example(square(3), [1, 1, 1, 32], filters: 32),
  Example(square(5, stride: 2, dilation: 3, .explicit(4)), [1, 15, 13, 16], filters: 16),
  Example(square(7, stride: 2, .explicit(3)), [1, 20, 17, 16], filters: 32),
  Example(square(2, stride: 2, .valid), [2, 9, 9, 32], filters: 16), Example(square(3), [4, 40, 33, 16], filters: 16),
  Example(square(2, stride: 3, .valid), [2, 8, 9, 32], filters: 16),
  // As many outputs as inputs, in another grid, and one-sided padding.
  Example(
    square(1, stride: 2, .edges([.init(before: 0, after: 1), .init(before: 0, after: 1)])), [1, 2, 2, 32], filters: 32),
  Example(
    Window(size: [1, 1], strides: [1, 2], padding: .edges([.init(before: 0, after: 2), .init(before: 0, after: 0)])),
    [1, 2, 4, 32], filters: 32),
  Example(square(4, .edges([.init(before: 3, after: 0), .init(before: 0, after: 2)])), [1, 5, 7, 32], filters: 16),
  Example(square(2), [2, 6, 7, 32], filters: 32), Example(square(3, dilation: 8), [1, 20, 9, 64], filters: 32),
  Example(Window(size: [1, 5], strides: [1, 2], padding: .same), [2, 4, 21, 32], filters: 48),
  Example(Window(size: [7], padding: .same), [3, 50, 64], filters: 32),
  Example(Window(size: [4, 3], strides: [3, 1], padding: .explicit(1)), [1, 13, 6, 256], filters: 160),
]

/// Channels and filters that leave tiles half empty.
private let uneven = [
  Example(square(3), [2, 6, 7, 3], filters: 17), Example(square(1), [2, 5, 5, 33], filters: 31),
  Example(square(3, stride: 2), [1, 9, 8, 40], filters: 1), Example(square(5, .valid), [1, 9, 9, 70], filters: 50),
]

@Suite(.serialized, .enabled(if: OneDNNBackend.hasAMX, "tiles are multiplied by AMX"))
struct `convolutions in tiles of AMX` {
  @Test(arguments: examples + uneven) private func `agree with the reference, whatever follows them`(
    example: Example
  ) throws {
    let y = try example.y
    for isNarrow in [false, true] {
      for activation in [nil, .relu, .tanh] as [Epilogue.Activation?] {
        for (hasBias, hasResidual) in [(false, false), (true, false), (false, true), (true, true)] {
          var epilogue = Epilogue()
          (epilogue.hasBias, epilogue.hasResidual, epilogue.activation) = (hasBias, hasResidual, activation)
          var inputs = example.forwardInputs
          if hasBias { inputs.append(Tensor((0..<y.channels).map { Float($0 % 5) - 2 }, shape: [y.channels])) }
          if hasResidual {
            let residual = rounded(y, seed: 7)
            inputs.append(isNarrow ? residual : Tensor(residual.floats, shape: y))
          }
          try check(Mixed(example.convolution, epilogue, isNarrow: isNarrow), inputs)
        }
      }
    }
  }

  @Test(arguments: (examples + uneven).filter { min($0.x.channels, $0.filters) >= 16 })
  private func `may normalise what they read`(example: Example) throws {
    let channels = example.x.channels
    let moments = ReferenceTensor<Double>.distinct([2, channels], in: 0.1...1.2, seed: 3).tensor
    let scale = ReferenceTensor<Double>.distinct([channels], seed: 4).tensor
    let bias = ReferenceTensor<Double>.distinct([channels], in: -0.4...0.4, seed: 5).tensor
    for rectifies in [false, true] {
      for hasMore in [false, true] {
        var epilogue = Epilogue()
        (epilogue.hasBias, epilogue.hasResidual) = (hasMore, hasMore)
        var inputs = example.forwardInputs
        if hasMore {
          inputs.append(Tensor((0..<example.filters).map { Float($0 % 5) - 2 }, shape: [example.filters]))
          inputs.append(rounded(try example.y, seed: 7))
        }
        let normalization = Mixed.Normalization(epsilon: 1e-3, rectifies: rectifies)
        let values = [moments, scale, bias]
        let fused = Mixed(example.convolution, epilogue, isNarrow: true, normalization: normalization)
        let found = try #require(try KernelRun(fused, on: inputs + values, backend: OneDNNBackend())())
        let expected = try #require(
          try KernelRun(fused, on: inputs + values, backend: ReferenceBackend())())
        #expect(relativeError(of: found.floats.map(Double.init), to: expected.floats.map(Double.init)) < 0.0079)
        // One after the other, both kernels round as the fused one does, but for normalised numbers beside a tie.
        inputs[0] = try #require(
          try KernelRun(normalization.operation, on: [inputs[0]] + values, backend: OneDNNBackend())())
        var separate = KernelRun(
          Mixed(example.convolution, epilogue, isNarrow: true), on: inputs, backend: OneDNNBackend())
        separate.variant = .amx
        expectNearest(found, try #require(try separate()))
      }
    }
  }

  @Test(arguments: examples) private func `gradients agree with the reference`(example: Example) throws {
    for isNarrow in [false, true] {
      for (operation, inputs) in try example.gradients(isNarrow: isNarrow) { try check(operation, inputs) }
    }
  }

  @Test(arguments: uneven) private func `gradients of inputs do, of uneven channels, too`(example: Example) throws {
    let (operation, inputs) = try example.gradients(isNarrow: true)[0]
    try check(operation, inputs)
  }

  private func check(_ operation: Mixed, _ inputs: [Tensor]) throws {
    var run = KernelRun(operation, on: inputs, backend: OneDNNBackend())
    run.variant = .amx
    let kernel = try #require(try run.kernel())
    #expect(kernel.name == "c amx")
    let expected = try #require(try KernelRun(operation, on: inputs, backend: ReferenceBackend())())
    for overwritten in [nil] + kernel.overwritableInputs.map(Optional.some) {
      run.overwrittenInput = overwritten
      let found = try #require(try run())
      #expect(found.elementType == expected.elementType)
      // A sum that lies between two numbers of 8 bits may round to either: 2⁻⁸ of it.
      let isNarrow = found.elementType == .bfloat16
      #expect(
        relativeError(of: found.floats.map(Double.init), to: expected.floats.map(Double.init))
          < (isNarrow ? 0.0079 : 1e-5), "\(operation.label), over \(overwritten as Int?)")
      if isNarrow { expectNearest(found, expected) }
    }
  }

  @Test(arguments: examples) private func `give the same bits on any number of threads`(example: Example) throws {
    let usual = OneDNNBackend.threads
    defer { OneDNNBackend.threads = usual }
    let forward = (Mixed(example.convolution, isNarrow: true), example.forwardInputs)
    for (operation, inputs) in [forward] + (try example.gradients(isNarrow: true)) {
      let results = try [1, 2, 3, 5, 16].map { threads in
        OneDNNBackend.threads = threads
        var run = KernelRun(operation, on: inputs, backend: OneDNNBackend())
        run.variant = .amx
        return try #require(try run())
      }
      #expect(results.allSatisfy { $0 == results[0] }, "\(operation.label)")
    }
  }

  @Test func `what is not a number stays so`() throws {
    let example = Example(square(1), [1, 4, 4, 32], filters: 32)
    var inputs = example.forwardInputs
    var numbers = inputs[0].floats
    numbers[5 * 32] = .nan
    inputs[0] = Tensor(numbers.map { BFloat16($0) }, shape: example.x)
    var epilogue = Epilogue()
    epilogue.activation = .relu
    var run = KernelRun(Mixed(example.convolution, epilogue, isNarrow: true), on: inputs, backend: OneDNNBackend())
    run.variant = .amx
    let found = try #require(try run()).floats
    #expect(found.indices.allSatisfy { found[$0].isNaN == ($0 / 32 == 5) })
  }

  /// A training's bits hang on it.
  @Test func `are expected to be faster for gradients, and for convolutions to small maps`() throws {
    func expected(_ example: Example) throws -> [KernelVariant] {
      let forward = (Mixed(example.convolution), example.forwardInputs)
      return try ([forward] + example.gradients(isNarrow: true)).map { operation, inputs in
        let operands = inputs.map {
          KernelRequest.Operand(shape: $0.shape, elementType: .bfloat16, layout: .rowMajor($0.shape), isStatic: false)
        }
        return OneDNNBackend().expectedVariant(
          for: KernelRequest(
            operation: operation, inputs: operands, outputShape: try operation.outputShape(for: inputs.map(\.shape)),
            outputType: .float32, isOutput: false))
      }
    }
    #expect(try expected(Example(square(3), [1, 7, 7, 32], filters: 32)) == [.amx, .amx, .amx])
    #expect(try expected(Example(square(3), [1, 14, 14, 32], filters: 32)) == [.usual, .amx, .amx])
    #expect(try expected(Example(square(3), [1, 7, 7, 3], filters: 32)) == [.usual, .usual, .usual])
    #expect(try expected(Example(square(3, dilation: 2), [1, 7, 7, 32], filters: 32)) == [.usual, .usual, .usual])
  }

  @Test func `are for one group, and for windows of 64 taps`() throws {
    let (x, w) = (rounded([1, 12, 12, 16], seed: 0), rounded([9, 9, 16, 16], seed: 1))
    let large = Op.Convolution(Window(size: [9, 9], padding: .same))
    let grouped = Op.Convolution(Window(size: [3, 3], padding: .same), groups: 2)
    for (convolution, weights) in [(large, w), (grouped, rounded([3, 3, 8, 16], seed: 1))] {
      var run = KernelRun(Mixed(convolution), on: [x, weights], backend: OneDNNBackend())
      run.variant = .amx
      #expect(try run.kernel() == nil)
    }
  }
}
