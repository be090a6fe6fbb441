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

/// So small that an activation function tells the sums apart.
private func smallWeights(_ shape: Shape) -> Tensor { rounded(shape, in: -0.25...0.25, seed: 1) }

/// How images lie: row-major, or in blocks of so many channels.
private enum Order: CaseIterable {
  case rowMajor, blocksOf8, blocksOf16

  func layout(of tensor: Tensor) throws -> Layout {
    switch self {
    case .rowMajor: .rowMajor(tensor.shape)
    case .blocksOf8: try .blocked(tensor.shape, 8, tensor.elementType)
    case .blocksOf16: try .blocked(tensor.shape, 16, tensor.elementType)
    }
  }
}

private struct Example: Sendable, CustomTestStringConvertible {
  var size = 3
  var x: Shape
  var filters: Int
  var padding = Padding.same
  var testDescription: String { "\(size)×\(size) on \(x), \(filters) filters, \(padding)" }

  var convolution: Op.Convolution { Op.Convolution(Window(size: [size, size], padding: padding)) }
  var w: Shape { [size, size, x.channels, filters] }
  var y: Shape { get throws { try convolution.outputShape(for: [x, w]) } }

  /// Whether registers are full without blocks.
  var suitsRowMajor: Bool { x.channels % 8 == 0 && filters % 8 == 0 }
}

/// Whole blocks and such as are filled up, edges of tiles inside and outside, one chunk of channels and several.
private let examples = [
  Example(x: [2, 8, 8, 16], filters: 32), Example(x: [2, 7, 5, 24], filters: 40, padding: .valid),
  Example(x: [1, 9, 6, 3], filters: 17), Example(x: [1, 6, 11, 72], filters: 8, padding: .explicit(2)),
  Example(x: [1, 5, 7, 136], filters: 48),
  Example(size: 5, x: [2, 8, 8, 16], filters: 32), Example(size: 5, x: [2, 9, 7, 24], filters: 40, padding: .valid),
  Example(size: 5, x: [1, 9, 6, 3], filters: 17),
  Example(size: 5, x: [1, 4, 7, 136], filters: 48, padding: .explicit(1)),
]

/// bfloat16 operands, whose products and sums are of `float32`: wherever Winograd's algorithm reads and writes them, it
/// agrees with the definition.
@Suite struct `Winograd's convolution of bfloat16` {
  @Test(arguments: examples, Order.allCases)
  private func `agrees with the reference, whatever follows it`(example: Example, order: Order) throws {
    let y = try example.y
    for activation in [nil, .relu, .tanh, .sigmoid] as [Epilogue.Activation?] {
      for (hasBias, hasResidual) in [(false, false), (true, false), (false, true), (true, true)] {
        var epilogue = Epilogue()
        (epilogue.hasBias, epilogue.hasResidual, epilogue.activation) = (hasBias, hasResidual, activation)
        // The sigmoid of zeros that fill a block is none.
        let isThere = activation != .sigmoid || order == .rowMajor || y.channels % (order == .blocksOf8 ? 8 : 16) == 0
        try checkBothTypes(isThere: isThere, example, order) { isNarrow in
          var operands = [rounded(example.x, seed: 0), smallWeights(example.w)]
          if hasBias {
            operands.append(Tensor((0..<y.channels).map { Float($0 % 5) - 2 }, shape: [y.channels]))
          }
          if hasResidual {
            let residual = rounded(y, seed: 7)
            operands.append(isNarrow ? residual : Tensor(residual.floats, shape: y))
          }
          let images = hasResidual ? [0, operands.count - 1] : [0]
          return (Mixed(example.convolution, epilogue, isNarrow: isNarrow), operands, images)
        }
      }
    }
  }

  @Test(arguments: examples, Order.allCases)
  private func `gradients agree with the reference`(example: Example, order: Order) throws {
    let g = rounded(try example.y, seed: 2)
    let input = Op.ConvolutionInputGradient(of: example.convolution, inputShape: example.x)
    try checkBothTypes(example, order) { isNarrow in
      (Mixed(input, isNarrow: isNarrow), [g, smallWeights(example.w)], [0])
    }
    let weights = Op.ConvolutionWeightsGradient(of: example.convolution, weightsShape: example.w)
    _ = try check(Mixed(weights), [g, rounded(example.x, seed: 0)], images: [0, 1], example, order)
  }

  /// - Parameter work: an operation that gives `float32`, or bfloat16, with its inputs, and which of them are images.
  private func checkBothTypes(
    isThere: Bool = true, _ example: Example, _ order: Order,
    _ work: (_ isNarrow: Bool) -> (operation: Mixed, inputs: [Tensor], images: [Int])
  ) throws {
    let results = try [false, true].map { isNarrow in
      let (operation, inputs, images) = work(isNarrow)
      return try check(operation, inputs, images: images, example, order, isThere)?.floats
    }
    guard let wide = results[0], let narrow = results[1] else { return }
    // The same numbers, rounded to the nearest; a compiler may add those beside a tie in another order.
    let others = zip(wide, narrow).count { Float(BFloat16($0)) != $1 }
    #expect(others * 100 <= wide.count, "\(others) of \(wide.count) are not the nearest")
  }

  /// - Parameters:
  ///   - images: the inputs that lie in this order.
  ///   - isThere: whether there has to be a kernel for images in blocks.
  /// - Returns: the result, if there is a kernel.
  private func check(
    _ operation: Mixed, _ inputs: [Tensor], images: [Int], _ example: Example, _ order: Order, _ isThere: Bool = true
  ) throws -> Tensor? {
    var run = KernelRun(operation, on: inputs, backend: OneDNNBackend())
    run.variant = .tiles
    for image in images { run.layouts[image] = try order.layout(of: inputs[image]) }
    guard let kernel = try run.kernel() else {
      #expect(!isThere || (order == .rowMajor && !example.suitsRowMajor), "\(operation.label) has no kernel")
      return nil
    }
    #expect(kernel.name == "c winograd")
    #expect(images.allSatisfy { kernel.inputLayouts[$0] == run.layouts[$0] }, "\(operation.label) reorders images")
    let expected = try #require(try KernelRun(operation, on: inputs, backend: ReferenceBackend())())
    var result: Tensor?
    for overwritten in [nil] + kernel.overwritableInputs.map(Optional.some) {
      run.overwrittenInput = overwritten
      let found = try #require(try run())
      #expect(found.elementType == (operation.isNarrow ? .bfloat16 : .float32))
      // A sum that lies between two numbers of 8 bits may round to either; else as Winograd's algorithm rounds (decision 13).
      #expect(
        relativeError(of: found.floats.map(Double.init), to: expected.floats.map(Double.init))
          < (operation.isNarrow ? 0.0079 : 1e-4), "\(operation.label), over \(overwritten as Int?)")
      result = found
    }
    return result
  }

  @Test func `what is not a number stays so in 16 bits`() throws {
    // Rounding its lower bits up would make it a zero.
    var bias = [Float](repeating: 1, count: 16)
    bias[3] = Float(bitPattern: 0x7FFF_FFFF)
    let inputs = [rounded([1, 8, 8, 16], seed: 0), rounded([3, 3, 16, 16], seed: 1), Tensor(bias, shape: [16])]
    var epilogue = Epilogue()
    epilogue.hasBias = true
    let operation = Mixed(Op.Convolution(Window(size: [3, 3], padding: .same)), epilogue, isNarrow: true)
    var run = KernelRun(operation, on: inputs, backend: OneDNNBackend())
    run.variant = .tiles
    let found = try #require(try run()).floats
    #expect(found.indices.allSatisfy { found[$0].isNaN == ($0 % 16 == 3) })
  }
}

extension `Winograd's convolution of bfloat16` {
  @Test(
    .enabled(if: !OneDNNBackend.computesTilesOfBFloat16, "there the definition is the faster"))
  func `is expected to be faster where tiles are full and channels many`() throws {
    func expected(size: Int = 3, _ x: Shape, filters: Int) throws -> [KernelVariant] {
      let example = Example(size: size, x: x, filters: filters)
      let (y, w, convolution) = (try example.y, example.w, example.convolution)
      let operations: [(any Operation, [Shape])] = [
        (convolution, [x, w]), (Op.ConvolutionInputGradient(of: convolution, inputShape: x), [y, w]),
        (Op.ConvolutionWeightsGradient(of: convolution, weightsShape: w), [y, x]),
      ]
      return try operations.map { operation, shapes in
        let operands = shapes.map {
          KernelRequest.Operand(shape: $0, elementType: .bfloat16, layout: .rowMajor($0), isStatic: false)
        }
        return OneDNNBackend().expectedVariant(
          for: KernelRequest(
            operation: Mixed(operation), inputs: operands, outputShape: try operation.outputShape(for: shapes),
            outputType: .float32, isOutput: false))
      }
    }
    #expect(try Set(expected([16, 28, 28, 128], filters: 128)) == [.tiles])
    #expect(try Set(expected([1, 224, 224, 64], filters: 64)) == [.tiles])
    #expect(try Set(expected([16, 14, 14, 256], filters: 256)) == [.usual], "tiles of which a quarter is not used")
    #expect(try Set(expected([1, 16, 16, 512], filters: 512)) == [.usual], "16 tiles")
    #expect(try Set(expected([128, 32, 32, 16], filters: 64)) == [.usual], "few channels")
    #expect(try Set(expected([128, 32, 32, 64], filters: 16)) == [.usual], "few filters")
    #expect(try Set(expected(size: 5, [16, 28, 28, 128], filters: 128)) == [.usual], "small tiles")
  }
}
