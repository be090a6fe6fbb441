import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaOneDNN
import FoveaReference
import FoveaTestSupport
import Testing

private func convolution(_ size: Int) -> Op.Convolution {
  Op.Convolution(Window(size: [size, size], padding: .same))
}

private func numbers(_ shape: Shape) -> Tensor { ReferenceTensor<Double>.distinct(shape, seed: 5).tensor }

/// A convolution by windows of `size × size` and both its gradients, on an image of this shape.
private func operations(_ size: Int, _ x: Shape, filters: Int) throws -> [(any Operation, [Tensor])] {
  let convolution = convolution(size)
  let w: Shape = [size, size, x.channels, filters]
  let y = try convolution.outputShape(for: [x, w])
  return [
    (convolution, [numbers(x), numbers(w)]),
    (Op.ConvolutionInputGradient(of: convolution, inputShape: x), [numbers(y), numbers(w)]),
    (Op.ConvolutionWeightsGradient(of: convolution, weightsShape: w), [numbers(y), numbers(x)]),
  ]
}

@Suite(.serialized) struct `Winograd's convolution` {
  /// Tiles are shared, or filters; in one round, or in several; the last worker may get nothing.
  @Test(
    arguments: [
      (3, [2, 13, 9, 16], 24), (3, [2, 13, 9, 32], 48), (3, [1, 7, 7, 64], 128), (3, [1, 45, 41, 128], 32),
      (3, [1, 3, 3, 8], 8), (3, [2, 26, 21, 256], 80), (5, [2, 13, 9, 16], 24), (5, [1, 4, 5, 64], 128),
      (5, [1, 25, 21, 128], 32), (5, [2, 13, 11, 256], 80), (5, [1, 3, 3, 8], 8),
    ] as [(Int, Shape, Int)])
  func `gives the same bits on any number of threads`(size: Int, x: Shape, filters: Int) throws {
    let wide = try operations(size, x, filters: filters)
    let hasPairs = size == 3 && x.channels % 16 == 0 && filters % 16 == 0 && OneDNNBackend.computesBFloat16
    let narrow: [(any Operation, [Tensor])] = wide.prefix(hasPairs ? wide.count : 0).map { operation, inputs in
      (Mixed(operation), inputs.map { Tensor($0.floats.map(BFloat16.init), shape: $0.shape) })
    }
    for (operation, inputs) in wide + narrow {
      var run = KernelRun(operation, on: inputs, backend: OneDNNBackend())
      let usual = OneDNNBackend.threads
      defer { OneDNNBackend.threads = usual }
      let ways = [.tiles] + (operation is Op.Convolution ? [KernelVariant.fewTiles] : [])
      let results = try ways.flatMap { way in
        run.variant = way
        return try [1, 2, 3, 5].map { threads in
          OneDNNBackend.threads = threads
          return try #require(try run())
        }
      }
      #expect(results.allSatisfy { $0 == results[0] }, "\(type(of: operation).name)")
    }
  }

  /// Two workers meet within an image, between two, or one has it all; in one round, or in several.
  @Test(
    arguments: [
      [2, 13, 9, 16], [1, 45, 41, 32], [1, 45, 41, 128], [3, 12, 8, 32], [1, 64, 200, 16], [2, 40, 1, 48],
      [3, 26, 18, 256], [2, 170, 1, 256], [1, 22, 94, 384],
    ] as [Shape])
  func `may write its result over its input, with the same bits`(x: Shape) throws {
    let usual = OneDNNBackend.threads
    defer { OneDNNBackend.threads = usual }
    let wide = try operations(3, x, filters: x.channels).prefix(2).map { ($0.0 as any Operation, $0.1) }
    let narrow = wide.map { operation, inputs in
      (
        Mixed(operation, isNarrow: true) as any Operation,
        inputs.map { Tensor($0.floats.map { BFloat16($0) }, shape: $0.shape) }
      )
    }
    for (operation, inputs) in OneDNNBackend.computesBFloat16 ? wide + narrow : wide {
      for (threads, isNative) in [(1, false), (2, true), (3, false), (5, true), (2, false)] {
        OneDNNBackend.threads = threads
        var run = KernelRun(operation, on: inputs, backend: OneDNNBackend())
        run.variant = isNative && operation is Op.Convolution ? .fewTiles : .tiles
        if isNative {
          // With AMX oneDNN itself takes bfloat16 row-major.
          run.layouts[0] =
            inputs[0].elementType == .bfloat16
            ? try .blocked(x, 16, .bfloat16)
            : try #require(try nativeLayout(of: x, .float32, on: OneDNNBackend()))
        }
        let separate = try #require(try run())
        run.overwrittenInput = 0
        #expect(try run() == separate, "\(type(of: operation).name), \(threads) threads, native: \(isNative)")
      }
    }
  }

  @Test func `is expected to be faster where there are many tiles, full ones`() throws {
    func expected(_ x: Shape, of convolution: Op.Convolution = convolution(3)) throws -> KernelVariant {
      let w = Shape(convolution.window.size + [x.channels, 32])
      let operands = [x, w].map {
        KernelRequest.Operand(shape: $0, elementType: .float32, layout: .rowMajor($0), isStatic: false)
      }
      return OneDNNBackend().expectedVariant(
        for: KernelRequest(
          operation: convolution, inputs: operands, outputShape: try convolution.outputShape(for: [x, w]),
          outputType: .float32, isOutput: false))
    }
    #expect(try expected([8, 7, 7, 64]) == .tiles)
    #expect(try expected([1, 32, 32, 64]) == .tiles)
    #expect(try expected([1, 7, 7, 64]) == .usual, "four tiles")
    #expect(try expected([64, 5, 5, 64]) == .usual, "tiles of which most is not used")
    #expect(try expected([1, 14, 14, 64], of: convolution(5)) == .tiles)
    #expect(try expected([1, 10, 10, 64], of: convolution(5)) == .usual, "25 tiles")
    #expect(try expected([8, 14, 14, 6], of: convolution(5)) == .usual, "few channels for small tiles")
    #expect(try expected([8, 14, 14, 64], of: convolution(7)) == .usual)
  }
}
