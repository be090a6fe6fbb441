import FoveaCore
import FoveaGraph

private func cases(_ operation: some Operation) -> [ConformanceCase] {
  [
    ConformanceCase(operation, .numbers([7, 5])), ConformanceCase(operation, .numbers([2, 3, 4, 11], in: -3...3)),
    ConformanceCase(operation, .numbers([3])), ConformanceCase(operation, .numbers([4, 1])),
    // Without the shift, exponentials of these would overflow.
    .backendOnly(operation, .numbers([33, 100], in: 0...1000)), .backendOnly(operation, .numbers([3, 1000])),
    .backendOnly(operation, .numbers([3, 7, 5, 16])),
  ]
}

extension Op.Softmax: ConformanceCases {
  static var cases: [ConformanceCase] { FoveaConformanceTests.cases(Op.Softmax()) }
}

extension Op.LogSoftmax: ConformanceCases {
  static var cases: [ConformanceCase] { FoveaConformanceTests.cases(Op.LogSoftmax()) }
}

extension Op.CrossEntropy: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Op.CrossEntropy(), .numbers([7, 5]), .labels([7], classes: 5)),
      ConformanceCase(Op.CrossEntropy(), .numbers([2, 3, 4, 11], in: -3...3), .labels([2, 3, 4], classes: 11)),
      ConformanceCase(Op.CrossEntropy(), .numbers([3]), .labels([], classes: 3)),
      .backendOnly(Op.CrossEntropy(), .numbers([33, 100], in: 0...1000), .labels([33], classes: 100)),
      .backendOnly(Op.CrossEntropy(), .numbers([5, 3]), .integers([0, -1, 3, 2, .max], [5])),
    ]
  }
}

extension Op.CrossEntropyGradient: ConformanceCases {
  static var cases: [ConformanceCase] {
    Op.CrossEntropy.cases.map { forward in
      let (logits, labels) = (forward.inputs[0], forward.inputs[1])
      return ConformanceCase(Self(), .numbers(labels.shape), .tensor(logits), .tensor(labels))
    }
  }
}

extension Op.OneHot: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Op.OneHot(classes: 5), .labels([7], classes: 5)),
      ConformanceCase(Op.OneHot(classes: 17), .labels([2, 3, 4], classes: 17)),
      ConformanceCase(Op.OneHot(classes: 1), .integers([0], [])),
      .backendOnly(Op.OneHot(classes: 3), .integers([0, -1, 3, 2, .max], [5])),
    ]
  }
}
