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

/// How images lie: row-major, or in blocks of 16 channels.
private enum Order: CaseIterable {
  case rowMajor, blocks

  func layout(of tensor: Tensor) throws -> Layout {
    switch self {
    case .rowMajor: .rowMajor(tensor.shape)
    case .blocks: try .blocked(tensor.shape, 16, tensor.elementType)
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
  var suitsRowMajor: Bool { x.channels % 16 == 0 && filters % 16 == 0 }
}

/// Whole blocks and such as are filled up, edges of tiles inside and outside, one chunk of channels and several.
private let examples = [
  Example(x: [2, 8, 8, 16], filters: 32), Example(x: [2, 7, 5, 24], filters: 40, padding: .valid),
  Example(x: [1, 9, 6, 3], filters: 17), Example(x: [1, 6, 11, 72], filters: 8, padding: .explicit(2)),
  Example(x: [1, 5, 7, 136], filters: 48), Example(x: [1, 3, 5, 288], filters: 144),
  Example(x: [3, 17, 30, 16], filters: 16),
]

/// Transformed operands are rounded to 8 bits before they are multiplied, each by 2⁻⁹ of itself at most. What is transformed is
/// larger than what comes of it: for independent numbers an error is 5/3 of that of the definition with operands rounded so,
/// which is some 0.2 % of the results' deviation: 0.4 %. The largest of some hundred thousand is 8 times as large.
@Suite(.enabled(if: OneDNNBackend.computesBFloat16, "pairs are multiplied by AVX512-BF16"))
struct `Winograd's convolution of bfloat16` {
  @Test(arguments: examples, Order.allCases)
  private func `agrees with the reference, whatever follows it`(example: Example, order: Order) throws {
    let y = try example.y
    for activation in [nil, .relu, .tanh, .sigmoid] as [Epilogue.Activation?] {
      for (hasBias, hasResidual) in [(false, false), (true, false), (false, true), (true, true)] {
        var epilogue = Epilogue()
        (epilogue.hasBias, epilogue.hasResidual, epilogue.activation) = (hasBias, hasResidual, activation)
        // The sigmoid of zeros that fill a block is none.
        let isThere = activation != .sigmoid || order == .rowMajor || y.channels % 16 == 0
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
    #expect(kernel.name == "c winograd pairs")
    #expect(images.allSatisfy { kernel.inputLayouts[$0] == run.layouts[$0] }, "\(operation.label) reorders images")
    let expected = try #require(try KernelRun(operation, on: inputs, backend: ReferenceBackend())())
    // What follows a sum adds no error of the tiles, and no slope of an activation is above 1.
    let sums = KernelRun(Mixed(operation.base), on: Array(inputs.prefix(2)), backend: ReferenceBackend())
    let unit = deviation(try #require(try sums()).floats.map(Double.init))
    var result: Tensor?
    for overwritten in [nil] + kernel.overwritableInputs.map(Optional.some) {
      run.overwrittenInput = overwritten
      let found = try #require(try run())
      #expect(found.elementType == (operation.isNarrow ? .bfloat16 : .float32))
      // A result of 8 bits may be the next one.
      let step: Float = operation.isNarrow ? 1 / 128 : 0
      let differences = zip(found.floats, expected.floats).map { Double(max(0, abs($0 - $1) - step * abs($1))) }
      let (usual, most) = (deviation(differences) / unit, differences.max()! / unit)
      #expect(usual < 0.0055 && most < 0.035, "\(operation.label), over \(overwritten as Int?): \(usual), \(most)")
      result = found
    }
    return result
  }

  /// From zero: the root of the mean square.
  private func deviation(_ numbers: [Double]) -> Double {
    (numbers.reduce(0) { $0 + $1 * $1 } / Double(numbers.count)).squareRoot()
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
    .enabled(if: !OneDNNBackend.hasAMX, "there the definition is the faster"))
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
    #expect(try Set(expected([16, 14, 14, 256], filters: 256)) == [.tiles])
    #expect(try Set(expected([16, 7, 7, 32], filters: 64)) == [.tiles])
    #expect(try Set(expected([16, 5, 5, 64], filters: 64)) == [.usual], "tiles of which 11 of 36 outputs are not used")
    #expect(try Set(expected([1, 10, 10, 512], filters: 512)) == [.usual], "25 tiles")
    #expect(try Set(expected([128, 32, 32, 32], filters: 32)) == [.usual], "few channels and filters")
    #expect(try Set(expected([128, 32, 32, 16], filters: 64)) == [.usual], "few channels")
    #expect(try Set(expected([128, 32, 32, 64], filters: 16)) == [.usual], "few filters")
    #expect(try Set(expected(size: 5, [16, 28, 28, 128], filters: 128)) == [.usual], "windows of 5×5")
  }
}
