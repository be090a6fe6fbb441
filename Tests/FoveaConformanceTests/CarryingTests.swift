import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaOneDNN
import FoveaReference
import FoveaTestSupport
import Testing

// What lies between products in a graph of bfloat16: every operand that may be narrow is, or is not, by itself.

private struct Example: Sendable, CustomTestStringConvertible {
  var operation: any Operation
  var shapes: [Shape]
  /// The operands that may be bfloat16.
  var large: [Int]
  var givesNarrow = true
  /// The operands from which gradients of the result lie far away: moments, which are no negative numbers.
  var positive: Set<Int> = []
  var testDescription: String { "\(operation.label) on \(shapes)" }
}

private func fused(residual: Bool, relu: Bool) -> Fused {
  var epilogue = Epilogue()
  (epilogue.hasResidual, epilogue.activation) = (residual, relu ? .relu : nil)
  return Fused(Op.BatchNormalize(epsilon: 1e-3), epilogue)
}

/// Channels that fill blocks and some that do not; pieces that end early, and several of them.
private let images: [Shape] = [[2, 5, 7, 16], [1, 20, 15, 32], [3, 4, 4, 20], [2, 3, 3, 5], [2, 300, 48]]

private let examples: [Example] = images.flatMap { x -> [Example] in
  let (c, moments): (Shape, Shape) = ([x.channels], [2, x.channels])
  let sum = Pointwise(inputCount: 3, steps: [.init(Op.Add(), [0, 1]), .init(Op.ReLUGradient(), [3, 2])])
  let swish = Pointwise(inputCount: 1, steps: [.init(Op.Sigmoid(), [0]), .init(Op.Multiply(), [0, 1])])
  let positions = x.dimensions[1..<(x.rank - 1)]
  let tiles = Shape([x[0]] + positions + positions.map { _ in 2 } + [x.channels])
  var biased = Epilogue()
  (biased.hasBias, biased.activation) = (true, .relu)
  return [
    Example(operation: AssembleTiles(), shapes: [tiles], large: [0]),
    Example(operation: Fused(AssembleTiles(), biased), shapes: [tiles, c], large: [0]),
    Example(operation: Op.BatchMoments(), shapes: [x], large: [0], givesNarrow: false),
    Example(operation: Op.BatchNormalize(epsilon: 1e-3), shapes: [x, moments, c, c], large: [0], positive: [1]),
    Example(operation: fused(residual: false, relu: true), shapes: [x, moments, c, c], large: [0], positive: [1]),
    Example(
      operation: fused(residual: true, relu: false), shapes: [x, moments, c, c, x], large: [0, 4], positive: [1]),
    Example(
      operation: fused(residual: true, relu: true), shapes: [x, moments, c, c, x], large: [0, 4], positive: [1]),
    Example(
      operation: Op.BatchNormReductions(epsilon: 1e-3), shapes: [x, x, moments], large: [0, 1], givesNarrow: false,
      positive: [2]),
    Example(
      operation: Op.BatchNormInputGradient(epsilon: 1e-3), shapes: [x, x, moments, c, moments], large: [0, 1],
      positive: [2]),
    Example(
      operation: Op.BatchNormReductions(epsilon: 1e-3, isRectified: true), shapes: [x, x, moments, c, c],
      large: [0, 1], givesNarrow: false, positive: [2]),
    Example(
      operation: Op.BatchNormInputGradient(epsilon: 1e-3, isRectified: true), shapes: [x, x, moments, c, moments, c],
      large: [0, 1], positive: [2]),
    Example(operation: Op.Sum(over: Array(0..<(x.rank - 1))), shapes: [x], large: [0], givesNarrow: false),
    Example(operation: Op.Add(), shapes: [x, x], large: [0, 1]),
    Example(operation: Op.Add(), shapes: [x, c], large: [0]),
    Example(operation: Op.ReLUGradient(), shapes: [x, x], large: [0, 1]),
    Example(operation: sum, shapes: [x, x, x], large: [0, 1, 2]),
    Example(operation: swish, shapes: [x], large: [0]),
  ]
}

private let poolings: [Example] = [[2, 9, 8, 19], [1, 12, 12, 32], [3, 7, 16]].map { (x: Shape) in
  let rank = x.rank - 2
  let pool = Op.MaxPool(
    Window(
      size: Array(repeating: 3, count: rank), strides: Array(repeating: 2, count: rank), padding: .explicit(1)))
  let y = try! pool.outputShape(for: [x])
  return Example(operation: Op.MaxPoolGradient(of: pool), shapes: [y, x], large: [0, 1])
}

@Suite(.enabled(if: OneDNNBackend.emulatesBFloat16, "oneDNN has no bfloat16 without AVX-512"))
struct `operations that carry bfloat16` {
  @Test(arguments: examples + poolings) private func `agree with the reference, however they are held`(
    example: Example
  ) throws {
    let numbers = example.shapes.enumerated().map { place, shape in
      let values = ReferenceTensor<Double>.distinct(shape, seed: UInt64(place)).values
      return Tensor(
        values.map { Float(BFloat16(Float(example.positive.contains(place) ? 0.2 + $0.magnitude : $0))) }, shape: shape)
    }
    let backend = OneDNNBackend()
    for held in 0..<(1 << example.large.count) {
      for isNarrow in example.givesNarrow ? [false, true] : [false] {
        let inputs = numbers.enumerated().map { place, tensor -> Tensor in
          guard let bit = example.large.firstIndex(of: place), held >> bit & 1 == 1 else { return tensor }
          return Tensor(tensor.floats.map { BFloat16($0) }, shape: tensor.shape)
        }
        let operation = Carrying(example.operation, isNarrow: isNarrow)
        let expected = try #require(try KernelRun(operation, on: inputs, backend: ReferenceBackend())())
        for isBlocked in [false, true] {
          var run = KernelRun(operation, on: inputs, backend: backend)
          if isBlocked {
            run.layouts = try inputs.enumerated().map { place, input in
              example.large.contains(place)
                ? try nativeLayout(of: input.shape, input.elementType, on: backend) ?? .rowMajor(input.shape)
                : .rowMajor(input.shape)
            }
          }
          for overwritten in [nil] + example.large.map(Optional.some) {
            run.overwrittenInput = overwritten
            guard let found = try run() else {
              #expect(overwritten != nil, "no kernel for \(operation.label), held \(held)")
              continue
            }
            #expect(found.elementType == (isNarrow ? .bfloat16 : .float32))
            // A result that lies between two numbers of 8 bits may round to either.
            #expect(
              relativeError(of: found.floats.map(Double.init), to: expected.floats.map(Double.init))
                < (isNarrow ? 0.0079 : 1e-5),
              "held \(held), \(isNarrow ? "narrow" : "wide"), \(isBlocked ? "blocked" : "row-major")")
            if isNarrow { expectNearest(found, expected) }
          }
        }
      }
    }
  }

  @Test(arguments: [0, 1, 2, 3]) func `concatenations and means keep the type`(axis: Int) throws {
    let parts: [Shape] = [16, 32, 5].map { n in Shape((0..<4).map { $0 == axis ? n : 6 }) }
    for used in [2, 3] {
      let inputs = parts.prefix(used).enumerated().map { place, shape in
        let values = ReferenceTensor<Double>.distinct(shape, seed: UInt64(place)).values
        return Tensor(values.map { BFloat16(Float($0)) }, shape: shape)
      }
      let expected = try KernelRun(Op.Concatenate(axis: axis), on: inputs, backend: ReferenceBackend())()
      var run = KernelRun(Op.Concatenate(axis: axis), on: inputs, backend: OneDNNBackend())
      for isBlocked in [false, true] {
        if isBlocked {
          run.layouts = try inputs.map {
            try nativeLayout(of: $0.shape, .bfloat16, on: OneDNNBackend()) ?? .rowMajor($0.shape)
          }
        }
        #expect(try run()?.floats == expected?.floats)
      }
    }
    let pool = Op.AveragePool(Window(size: [2, 2], strides: [2, 2], padding: .valid), countsPadding: axis > 1)
    let x = Tensor((0..<(36 * 2 * 16)).map { BFloat16(Float($0 % 37) / 8) }, shape: [2, 6, 6, 16])
    let mean = try #require(try KernelRun(pool, on: [x], backend: OneDNNBackend())())
    let exact = try #require(try KernelRun(pool, on: [x], backend: ReferenceBackend())())
    #expect(mean.elementType == .bfloat16 && mean.floats == exact.floats)
  }
}
