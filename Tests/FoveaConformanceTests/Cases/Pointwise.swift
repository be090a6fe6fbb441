import FoveaCompiler
import FoveaCore
import FoveaGraph

extension Pointwise: ConformanceCases {
  static var cases: [ConformanceCase] {
    let silu = Pointwise(inputCount: 1, steps: [.init(Op.Sigmoid(), [0]), .init(Op.Multiply(), [0, 1])])
    // g · (y > 0) + h, then times a scalar or a number for each channel.
    let sum = Pointwise(
      inputCount: 4,
      steps: [.init(Op.ReLUGradient(), [0, 1]), .init(Op.Add(), [4, 2]), .init(Op.Multiply(), [5, 3])])
    let shapes: [Shape] = [
      [2, 7, 5, 3], [5], [3, 7, 5, 16], [3, 7, 5, 20], [32, 7, 5, 6], [33, 100], [2, 3, 4, 5, 16],
    ]
    return shapes.map { ConformanceCase(silu, .numbers($0)) }
      + shapes.flatMap { shape in
        [shape, [], [shape.channels]].map {
          ConformanceCase(sum, .numbers(shape), .numbers(shape), .numbers(shape), .numbers($0))
        }
      } + [chain, ConformanceCase(stretches, .numbers([4, 1, 3]), .numbers([5, 1]))]
  }

  /// As many steps and inputs as a kernel takes, all results needed until the end.
  private static var chain: ConformanceCase {
    var steps: [Step] = []
    for index in 0..<8 { steps.append(Step(Op.Scale(Float(index) - 3.5), [index])) }
    for index in 0..<8 { steps.append(Step(Op.Multiply(), [8 + index, (index + 1) % 8])) }
    for index in 0..<7 { steps.append(Step(Op.Add(), [16 + index, index == 0 ? 23 : 23 + index])) }
    let pointwise = Pointwise(inputCount: 8, steps: steps)
    return ConformanceCase(pointwise, inputs: (0..<8).map { _ in .numbers([3, 7, 50]) })
  }

  /// Inputs that are both stretched.
  private static var stretches: Pointwise {
    Pointwise(inputCount: 2, steps: [.init(Op.Subtract(), [0, 1]), .init(Op.Absolute(), [2])])
  }
}
