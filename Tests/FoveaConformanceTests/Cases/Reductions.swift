import FoveaCore
import FoveaGraph
import FoveaReference
import FoveaTestSupport

/// Which axes of which shape.
private let reductions: [(Shape, [Int])] = [
  ([2, 7, 5, 3], [1, 2]), ([2, 7, 5, 3], [0, 1, 2]), ([2, 7, 5, 3], [3]), ([2, 7, 5, 3], [0]), ([2, 7, 5, 3], [2, 0]),
  ([2, 7, 5, 3], [0, 1, 2, 3]), ([7, 5], []), ([5], [0]), ([], []), ([7, 1, 3], [1]),
]

private let largeReductions: [(Shape, [Int])] = [
  ([3, 7, 5, 16], [1, 2]), ([3, 7, 5, 48], [0, 1, 2]), ([3, 7, 5, 20], [1, 2]), ([3, 7, 5, 16], [3]), ([64, 100], [0]),
  ([64, 100], [1]), ([3, 50, 32], [1]), ([32, 7, 5, 6], [0, 1, 2]), ([32, 7, 5, 6], [1, 2]),
]

private func cases(_ reduction: ([Int], Bool) -> any Reduction) -> [ConformanceCase] {
  [false, true].flatMap { keepsAxes in
    reductions.map { ConformanceCase(reduction($1, keepsAxes), .numbers($0)) }
      + largeReductions.map { .backendOnly(reduction($1, keepsAxes), .numbers($0)) }
  }
}

extension Op.Sum: ConformanceCases {
  static var cases: [ConformanceCase] {
    FoveaConformanceTests.cases { axes, keepsAxes in Op.Sum(over: axes, keepingAxes: keepsAxes) }
  }
}

extension Op.Mean: ConformanceCases {
  static var cases: [ConformanceCase] {
    FoveaConformanceTests.cases { axes, keepsAxes in Op.Mean(over: axes, keepingAxes: keepsAxes) }
  }
}

extension Op.Maximum: ConformanceCases {
  static var cases: [ConformanceCase] {
    FoveaConformanceTests.cases { axes, keepsAxes in Op.Maximum(over: axes, keepingAxes: keepsAxes) }
  }
}

extension Op.MaximumGradient: ConformanceCases {
  static var cases: [ConformanceCase] {
    Op.Maximum.cases.flatMap { forward in
      let maximum = forward.operation as! Op.Maximum
      let shape = forward.inputs[0].shape
      return [forward.inputs[0], .ties(shape)].map { x in
        let y = maximum.run([x], shape: maximum.shape(on: shape))
        return ConformanceCase(Self(of: maximum), .numbers(y.shape), .tensor(x), .tensor(y))
      }
    }
  }
}

extension Op.Broadcast: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Op.Broadcast(to: [7, 5]), .numbers([5])),
      ConformanceCase(Op.Broadcast(to: [3, 4]), .numbers([])),
      ConformanceCase(Op.Broadcast(to: [2, 3, 5, 4]), .numbers([1, 5, 1])),
      ConformanceCase(Op.Broadcast(to: [7, 5]), .numbers([7, 5])),
      .backendOnly(Op.Broadcast(to: [3, 7, 5, 16]), .numbers([3, 1, 1, 16])),
      .backendOnly(Op.Broadcast(to: [3, 7, 5, 48]), .numbers([48])),
    ]
  }
}
