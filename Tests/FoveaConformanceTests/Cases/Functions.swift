import FoveaCore
import FoveaGraph

/// Small and odd sizes, scalars, and sizes that blocked layouts treat differently.
private func cases(
  _ function: some PointwiseFunction, in range: ClosedRange<Double> = -2...2, wide: ClosedRange<Double>? = nil
) -> [ConformanceCase] {
  [[2, 7, 5, 3], [5], []].map { ConformanceCase(function, .numbers($0, in: range)) }
    + [[3, 7, 5, 16], [3, 7, 5, 20], [32, 7, 5, 6], [300], [272]].map {
      .backendOnly(function, .numbers($0, in: wide ?? range))
    }
}

extension Op.Exponential: ConformanceCases {
  static var cases: [ConformanceCase] { FoveaConformanceTests.cases(Op.Exponential(), wide: -100...80) }
}

extension Op.ExponentialMinus1: ConformanceCases {
  static var cases: [ConformanceCase] {
    FoveaConformanceTests.cases(Op.ExponentialMinus1()) + [
      .backendOnly(Op.ExponentialMinus1(), .numbers([100], in: -1e-4...1e-4))
    ]
  }
}

extension Op.Logarithm: ConformanceCases {
  static var cases: [ConformanceCase] {
    FoveaConformanceTests.cases(Op.Logarithm(), in: 0.2...3, wide: 1e-30...2) + [
      .backendOnly(Op.Logarithm(), .numbers([100], in: 0.999...1.001)),
      .backendOnly(Op.Logarithm(), .numbers([7], in: 1e-42...1e-39)),
      .backendOnly(Op.Logarithm(), .ties([3, 7])),
    ]
  }
}

extension Op.Power: ConformanceCases {
  static var cases: [ConformanceCase] {
    [2, 3, 0.5, -0.5, -1, 1.7, -2.3, 1].flatMap {
      FoveaConformanceTests.cases(Op.Power($0), in: 0.3...2)
    } + [3, 2, -1, -2].map { ConformanceCase(Op.Power($0), .numbers([31], in: -2 ... -0.3)) }
  }
}

extension Op.ErrorFunction: ConformanceCases {
  static var cases: [ConformanceCase] { FoveaConformanceTests.cases(Op.ErrorFunction(), wide: -5...5) }
}

extension Op.Softplus: ConformanceCases {
  static var cases: [ConformanceCase] { FoveaConformanceTests.cases(Op.Softplus(), wide: -100...100) }
}

extension Op.Offset: ConformanceCases {
  static var cases: [ConformanceCase] { FoveaConformanceTests.cases(Op.Offset(0.7)) }
}

extension Op.Absolute: ConformanceCases {
  static var cases: [ConformanceCase] { FoveaConformanceTests.cases(Op.Absolute()) }
}

extension Op.Sign: ConformanceCases {
  static var cases: [ConformanceCase] {
    FoveaConformanceTests.cases(Op.Sign()) + [.backendOnly(Op.Sign(), .ties([3, 7]))]
  }
}

extension Op.Step: ConformanceCases {
  static var cases: [ConformanceCase] {
    FoveaConformanceTests.cases(Op.Step()) + [.backendOnly(Op.Step(), .ties([3, 7]))]
  }
}

extension Op.Clamp: ConformanceCases {
  static var cases: [ConformanceCase] {
    FoveaConformanceTests.cases(Op.Clamp(-0.51, 1.03)) + FoveaConformanceTests.cases(Op.Clamp(0.51, .infinity))
  }
}

extension Op.ClampGradient: ConformanceCases {
  static var cases: [ConformanceCase] {
    [[2, 7, 5, 3], [5], [3, 7, 5, 16], [33, 20]].map {
      ConformanceCase(Op.ClampGradient(of: Op.Clamp(-0.5, 0.3)), .numbers($0), .numbers($0))
    }
  }
}

extension Op.Larger: ConformanceCases {
  static var cases: [ConformanceCase] { FoveaConformanceTests.cases(Op.Larger()) }
}

extension Op.Smaller: ConformanceCases {
  static var cases: [ConformanceCase] { FoveaConformanceTests.cases(Op.Smaller()) }
}

private func cases(_ operation: some ElementwisePair) -> [ConformanceCase] {
  let pairs: [(Shape, Shape)] = [
    ([2, 7, 5, 3], [2, 7, 5, 3]), ([2, 7, 5, 3], [3]), ([7, 5], [7, 1]), ([7, 1, 3], [2, 1, 5, 3]), ([7, 5], []),
    ([], []), ([3, 7, 5, 16], [3, 7, 5, 16]),
  ]
  return pairs.map { a, b in
    // Moved a little, so that no two numbers are almost equal: there the gradient has a step.
    let shift = 0.37 * 2 / Double(max(a.count, b.count))
    return ConformanceCase(operation, .numbers(a), .numbers(b, in: -1 + shift...1 + shift))
  }
    + [.backendOnly(operation, .ties([3, 50]), .ties([3, 50]))]
}
