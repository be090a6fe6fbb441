import FoveaCore
import FoveaGraph

/// Equal shapes, and every way to stretch.
private let pairs: [(Shape, Shape)] = [
  ([2, 7, 5, 3], [2, 7, 5, 3]), ([2, 7, 5, 3], [3]), ([3], [2, 7, 5, 3]), ([7, 5], [7, 1]), ([7, 1, 3], [2, 1, 5, 3]),
  ([7, 5], []), ([], [5]), ([], []), ([2, 7, 5, 3], [2, 1, 1, 3]), ([1], [5]), ([1, 3], [1]), ([2, 3], [1, 1, 3]),
]

private let largePairs: [(Shape, Shape)] = [
  ([3, 7, 5, 16], [3, 7, 5, 16]), ([3, 7, 5, 48], [48]), ([3, 7, 5, 32], [3, 1, 1, 32]),
  ([3, 7, 5, 20], [3, 7, 5, 20]),
  ([3, 7, 5, 16], []), ([3, 7, 5, 16], [3, 7, 5, 1]), ([64, 100], [100]), ([3, 50, 16], [3, 50, 16]),
  ([32, 7, 5, 6], [32, 7, 5, 6]),
  // Tiles of the kernel that repeat, and that do not.
  ([2, 50, 40, 64], [64]), ([2, 50, 40, 48], [48]), ([3, 1000, 8], [1000, 1]), ([5, 64, 64], [64, 64]),
]

private func cases(_ operation: some ElementwisePair, secondIn range: ClosedRange<Double> = -1...1) -> [ConformanceCase]
{
  pairs.map { ConformanceCase(operation, .numbers($0), .numbers($1, in: range)) }
    + largePairs.map { .backendOnly(operation, .numbers($0), .numbers($1, in: range)) }
}

extension Op.Add: ConformanceCases {
  static var cases: [ConformanceCase] { FoveaConformanceTests.cases(Op.Add()) }
}

extension Op.Subtract: ConformanceCases {
  static var cases: [ConformanceCase] { FoveaConformanceTests.cases(Op.Subtract()) }
}

extension Op.Multiply: ConformanceCases {
  static var cases: [ConformanceCase] { FoveaConformanceTests.cases(Op.Multiply()) }
}

extension Op.Divide: ConformanceCases {
  static var cases: [ConformanceCase] {
    // Divisors away from 0, of both signs.
    FoveaConformanceTests.cases(Op.Divide(), secondIn: 0.5...2)
      + [ConformanceCase(Op.Divide(), .numbers([7, 5]), .numbers([7, 5], in: -2 ... -0.5))]
  }
}

extension Op.Scale: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Op.Scale(-0.3), .numbers([2, 7, 5, 3])), ConformanceCase(Op.Scale(0), .numbers([5])),
      ConformanceCase(Op.Scale(2), .numbers([])),
      .backendOnly(Op.Scale(0.7), .numbers([3, 7, 5, 48])),
    ]
  }
}

extension Op.LinearCombination: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Op.LinearCombination([0.9, 0.1]), .numbers([7, 5]), .numbers([7, 5])),
      ConformanceCase(Op.LinearCombination([-2]), .numbers([3])),
      ConformanceCase(Op.LinearCombination([1, -1, 0.5]), .numbers([]), .numbers([]), .numbers([])),
      .backendOnly(
        Op.LinearCombination([0.9, 0.1, 0.3]), .numbers([3, 7, 5, 16]), .numbers([3, 7, 5, 16]),
        .numbers([3, 7, 5, 16])),
    ]
  }
}

extension Op.ReciprocalSquareRoot: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Op.ReciprocalSquareRoot(epsilon: 1e-3), .numbers([7, 5], in: 0.2...3)),
      ConformanceCase(Op.ReciprocalSquareRoot(epsilon: 0), .numbers([3], in: 1...2)),
      .backendOnly(Op.ReciprocalSquareRoot(epsilon: 1e-5), .numbers([512], in: 0...3)),
    ]
  }
}
