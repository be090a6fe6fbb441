import FoveaCore
import FoveaGraph

/// Images, and the rows of a dense layer; channels that fill blocks, and some that do not.
private let shapes: [Shape] = [[4, 7, 5, 3], [16, 5], [3, 9, 2], [2, 3, 2, 4, 3]]
private let largeShapes: [Shape] = [
  [3, 7, 5, 16], [3, 7, 5, 48], [3, 14, 9, 20], [3, 50, 32], [2, 4, 5, 6, 16], [64, 100],
]

private func cases(_ inputs: (Shape) -> ConformanceCase) -> [ConformanceCase] {
  shapes.map(inputs)
    + largeShapes.map {
      var large = inputs($0)
      large.skipsGradient = true
      return large
    }
}

extension Op.BatchNorm: ConformanceCases {
  static var cases: [ConformanceCase] {
    FoveaConformanceTests.cases { x in
      ConformanceCase(Op.BatchNorm(epsilon: 1e-3), .numbers(x), .numbers([x.channels]), .numbers([x.channels]))
    } + [
      ConformanceCase(Op.BatchNorm(epsilon: 1e-5), .numbers([4, 3, 3, 2], in: 2...5), .numbers([2]), .numbers([2]))
    ]
  }
}

extension Op.BatchMoments: ConformanceCases {
  static var cases: [ConformanceCase] {
    FoveaConformanceTests.cases { x in ConformanceCase(Op.BatchMoments(), .numbers(x)) }
      // The variance of numbers far from 0: not E[x²] − E[x]².
      + [.backendOnly(Op.BatchMoments(), .numbers([3, 7, 5, 16], in: 9...11))]
  }
}

extension Op.BatchNormalize: ConformanceCases {
  static var cases: [ConformanceCase] {
    FoveaConformanceTests.cases { x in
      ConformanceCase(
        Op.BatchNormalize(epsilon: 1e-3), .numbers(x), .numbers([2, x.channels], in: 0.2...2), .numbers([x.channels]),
        .numbers([x.channels]))
    }
  }
}

extension Op.BatchNormReductions: ConformanceCases {
  static var cases: [ConformanceCase] {
    FoveaConformanceTests.cases { x in
      ConformanceCase(
        Op.BatchNormReductions(epsilon: 1e-3), .numbers(x), .numbers(x), .numbers([2, x.channels], in: 0.2...2))
    }
      + FoveaConformanceTests.cases { x in
        ConformanceCase(
          Op.BatchNormReductions(epsilon: 1e-3, isRectified: true), .numbers(x), .numbers(x),
          .numbers([2, x.channels], in: 0.2...2), .numbers([x.channels]), .numbers([x.channels]))
      }
  }
}

extension Op.BatchNormInputGradient: ConformanceCases {
  static var cases: [ConformanceCase] {
    FoveaConformanceTests.cases { x in
      ConformanceCase(
        Op.BatchNormInputGradient(epsilon: 1e-3), .numbers(x), .numbers(x), .numbers([2, x.channels], in: 0.2...2),
        .numbers([x.channels]), .numbers([2, x.channels]))
    }
      + FoveaConformanceTests.cases { x in
        ConformanceCase(
          Op.BatchNormInputGradient(epsilon: 1e-3, isRectified: true), .numbers(x), .numbers(x),
          .numbers([2, x.channels], in: 0.2...2), .numbers([x.channels]), .numbers([2, x.channels]),
          .numbers([x.channels]))
      }
  }
}
