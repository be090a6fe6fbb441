import FoveaCore
import FoveaGraph

private let pairs: [(Shape, Shape)] = [
  ([2, 7, 5, 3], [2, 7, 5, 3]), ([2, 7, 5, 3], [3]), ([7, 5], [7, 1]), ([7, 1, 3], [2, 1, 5, 3]), ([7, 5], []),
  ([], []), ([3, 7, 5, 16], [3, 7, 5, 16]),
]

extension Op.Compare: ConformanceCases {
  static var cases: [ConformanceCase] {
    [Op.Compare.Relation.equal, .less, .lessOrEqual].flatMap { relation in
      pairs.map { a, b in
        // Moved a little: where two numbers are almost equal the answer makes a step.
        let shift = 0.37 * 2 / Double(max(a.count, b.count))
        return ConformanceCase(Self(relation), .numbers(a), .numbers(b, in: -1 + shift...1 + shift))
      } + [.backendOnly(Self(relation), .ties([3, 50]), .ties([3, 50]))]
    }
  }
}

/// Numbers that are the same in both precisions: a step may be between them.
private func exact(_ operation: any Operation, _ range: ClosedRange<Double>, _ shape: Shape = [300]) -> ConformanceCase
{
  var example = ConformanceCase.backendOnly(operation, .numbers(shape, in: range))
  example.inputs[0].values = example.inputs[0].values.map { Double(Float($0)) }
  return example
}

extension Op.Mask: ConformanceCases {
  static var cases: [ConformanceCase] {
    pairs.map { x, mask in
      var example = ConformanceCase(Self(), .numbers(x), .numbers(mask))
      // Some of them 0, far from what is not.
      example.inputs[1].values = example.inputs[1].values.indices.map { $0 % 3 == 1 ? 0 : 1 }
      example.skipsGradient = true
      return example
    } + [ConformanceCase(Self(), .numbers([2, 7, 5]), .numbers([7, 5], in: 1...2))]
  }
}

extension Op.Round: ConformanceCases {
  static var cases: [ConformanceCase] {
    Target.allCases.flatMap { target in
      let isNarrow = target == .float16 || target == .bfloat16
      return [[2, 7, 5, 3], [5], [], [3, 7, 5, 16], [272]].map { (shape: Shape) in
        // Away from whole numbers and the middles between them, where it makes steps.
        var example = ConformanceCase(Self(target), .numbers(shape, in: 1.05...1.45))
        example.skipsGradient = isNarrow || shape.count > 300
        return example
      } + [
        exact(Self(target), -7...7), exact(Self(target), -6e4...6e4), exact(Self(target), -1e-4...1e-4),
        exact(Self(target), -1e-7...1e-7), halves(Self(target)),
      ]
    }
  }

  /// In the middle between two whole numbers.
  private static func halves(_ operation: Self) -> ConformanceCase {
    var example = ConformanceCase.backendOnly(operation, .numbers([40]))
    example.inputs[0].values = (0..<40).map { Double($0) / 2 - 10 }
    return example
  }
}

extension Op.Trigonometric: ConformanceCases {
  static var cases: [ConformanceCase] {
    Function.allCases.flatMap { function in
      [[2, 7, 5, 3], [5], []].map { ConformanceCase(Self(function), .numbers($0, in: -2...2)) } + [
        .backendOnly(Self(function), .numbers([3, 7, 5, 16], in: -100...100)),
        .backendOnly(Self(function), .numbers([300], in: -2...2)),
      ]
    }
  }
}

extension Op.Convert: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      exact(toInteger, -9...9, [3, 7, 5]), exact(toInteger, 1...9, []), exact(toInteger, -4e9...4e9, [40]),
      exact(toInteger, -99...99, [16384 * 3 + 1]),
      .backendOnly(toFloat, .integers([3, -7, 0, 123_456], [2, 2])), .backendOnly(toFloat, .integers([5], [])),
    ]
  }
}

extension Op.BestPositions: ConformanceCases {
  static var cases: [ConformanceCase] {
    [(1, [5]), (5, [5]), (3, [2, 7, 5]), (4, [3, 100]), (1000, [2, 1000]), (3, [300, 7]), (1, [2, 1])].flatMap {
      (count: Int, shape: Shape) in
      [true, false].flatMap { isLargest in
        let operation = Self(count: count, isLargest: isLargest)
        return [ConformanceCase.backendOnly(operation, .numbers(shape)), .backendOnly(operation, .ties(shape))]
      }
    }
  }
}
