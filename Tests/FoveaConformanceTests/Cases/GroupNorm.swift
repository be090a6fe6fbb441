import FoveaCore
import FoveaGraph

/// Groups of one channel, of several, of all; narrower and wider than a register; rows; more examples than pieces.
private let small: [(shape: Shape, groups: Int)] = [
  ([2, 3, 4, 6], 3), ([2, 3, 4, 6], 1), ([3, 5, 4], 4), ([4, 7], 1), ([2, 2, 3, 2, 4], 2), ([1, 12], 4),
]
private let large: [(shape: Shape, groups: Int)] = [
  ([3, 7, 5, 16], 4), ([2, 7, 5, 48], 3), ([3, 14, 9, 20], 5), ([2, 7, 5, 40], 1), ([2, 30, 20, 32], 32),
  ([130, 50], 1), ([700, 96], 2), ([1, 40], 2), ([70, 3, 16], 2), ([2, 5, 5, 96], 2), ([2, 4, 5, 6, 16], 8),
]

private func cases(_ make: (Shape, Op.GroupNorm) -> ConformanceCase) -> [ConformanceCase] {
  small.map { make($0.shape, Op.GroupNorm(groups: $0.groups, epsilon: 1e-3)) }
    + large.map {
      var large = make($0.shape, Op.GroupNorm(groups: $0.groups, epsilon: 1e-5))
      large.skipsGradient = true
      return large
    }
}

extension Op.GroupNorm: ConformanceCases {
  static var cases: [ConformanceCase] {
    FoveaConformanceTests.cases { x, norm in
      ConformanceCase(norm, .numbers(x), .numbers([x.channels]), .numbers([x.channels]))
    } + [
      // Far from 0.
      .backendOnly(
        Op.GroupNorm(groups: 2, epsilon: 1e-5), .numbers([2, 7, 5, 16], in: 9...11), .numbers([16]), .numbers([16]))
    ]
  }
}

extension Op.GroupNormReductions: ConformanceCases {
  static var cases: [ConformanceCase] {
    FoveaConformanceTests.cases { x, norm in ConformanceCase(Self(of: norm), .numbers(x), .numbers(x)) }
  }
}

extension Op.GroupNormInputGradient: ConformanceCases {
  static var cases: [ConformanceCase] {
    FoveaConformanceTests.cases { x, norm in
      ConformanceCase(Self(of: norm), .numbers(x), .numbers(x), .numbers([x.channels]))
    }
  }
}
