import FoveaCompiler
import FoveaCore
import FoveaGraph

extension Fused: ConformanceCases {
  /// Every epilogue after every base that takes it.
  static var cases: [ConformanceCase] {
    bases.flatMap { base, inputs in
      epilogues.filter(base.accepts).map { epilogue in
        let output = try! base.outputShape(for: inputs.map { $0.tensor(seed: 0).shape })
        let bias = epilogue.hasBias ? [ConformanceCase.Input.numbers([output.channels])] : []
        let residual = epilogue.hasResidual ? [ConformanceCase.Input.numbers(output)] : []
        return ConformanceCase(Fused(base, epilogue), inputs: inputs + bias + residual)
      }
    }
  }

  private static var epilogues: [Epilogue] {
    var epilogues: [Epilogue] = []
    for activation in [nil, .relu, .tanh, .sigmoid] as [Epilogue.Activation?] {
      for (hasBias, hasResidual) in [(false, false), (true, false), (false, true), (true, true)] {
        var epilogue = Epilogue()
        (epilogue.hasBias, epilogue.hasResidual, epilogue.activation) = (hasBias, hasResidual, activation)
        if !epilogue.isEmpty { epilogues.append(epilogue) }
      }
    }
    return epilogues
  }

  private static var bases: [(any EpilogueHost, [ConformanceCase.Input])] {
    let same = Window(size: [3, 3], padding: .same)
    func convolution(
      _ channels: Int, _ filters: Int, groups: Int = 1, images: Int = 2, _ window: Window
    ) -> (any EpilogueHost, [ConformanceCase.Input]) {
      (
        Op.Convolution(window, groups: groups),
        [.numbers([images, 7, 5, channels]), .numbers(Shape(window.size + [channels / groups, filters]))]
      )
    }
    func volume(_ channels: Int) -> (any EpilogueHost, [ConformanceCase.Input]) {
      (
        Op.Convolution(Window(size: [2, 3, 2], padding: .same), groups: channels),
        [.numbers([2, 3, 4, 3, channels]), .numbers([2, 3, 2, 1, channels])]
      )
    }
    func normalize(_ x: Shape) -> (any EpilogueHost, [ConformanceCase.Input]) {
      let c = x.channels
      return (
        Op.BatchNormalize(epsilon: 1e-3), [.numbers(x), .numbers([2, c], in: 0.2...2), .numbers([c]), .numbers([c])]
      )
    }
    return [
      convolution(3, 5, same), convolution(6, 10, images: 32, same), convolution(16, 32, same),
      convolution(48, 16, Window(size: [1, 1])),
      convolution(16, 16, groups: 16, same), convolution(6, 4, groups: 2, Window(size: [3, 2], strides: [2])),
      // Depthwise with a multiplier, with gaps that fill their blocks and that do not.
      convolution(5, 10, groups: 5, same), convolution(16, 16, groups: 16, Window(size: [5, 3], dilations: [1, 2])),
      volume(16), volume(17),
      (AssembleTiles(), [.numbers([2, 3, 5, 2, 2, 32])]), (AssembleTiles(), [.numbers([2, 3, 2, 1, 3, 21])]),
      (Op.MatrixProduct(), [.numbers([7, 5]), .numbers([5, 3])]),
      (Op.MatrixProduct(), [.numbers([2, 3, 7, 5]), .numbers([2, 3, 5, 4])]),
      (Op.MatrixProduct(transposesB: true), [.numbers([64, 100]), .numbers([48, 100])]),
      (Op.MatrixProduct(transposesA: true), [.numbers([32, 3]), .numbers([32, 16])]),
      normalize([4, 7, 5, 3]), normalize([3, 7, 5, 16]), normalize([3, 7, 5, 20]), normalize([64, 100]),
    ]
  }
}
