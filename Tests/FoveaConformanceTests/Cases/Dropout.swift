import FoveaCore
import FoveaGraph

/// Seed and step, low words first, with high words and sign bits set.
private func state(_ words: Int32...) -> ConformanceCase.Input { .integers(words, [4]) }

extension Op.Dropout: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Op.Dropout(rate: 0.5, stream: 1), .numbers([2, 7, 5, 3]), state(7, 0, 0, 0)),
      ConformanceCase(Op.Dropout(rate: 0.3, stream: .max), .numbers([17]), state(-1, -2, -3, 4)),
      ConformanceCase(Op.Dropout(rate: 0, stream: 3), .numbers([5]), state(0, 0, 0, 0)),
      ConformanceCase(Op.Dropout(rate: 0.99, stream: 3), .numbers([]), state(5, 0, 9, 0)),
      .backendOnly(Op.Dropout(rate: 0.25, stream: 0xDEAD_BEEF), .numbers([3, 7, 5, 16]), state(1, 2, 3, 4)),
      .backendOnly(Op.Dropout(rate: 0.5, stream: 9), .numbers([33, 100]), state(.min, .max, 1000, 0)),
    ]
  }
}

extension Op.RandomUniform: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Op.RandomUniform(-1, 3, shape: [2, 7, 5, 3], stream: 1), state(7, 0, 0, 0)),
      ConformanceCase(Op.RandomUniform(0, 1, shape: [17], stream: .max), state(-1, -2, -3, 4)),
      ConformanceCase(Op.RandomUniform(0.5, 0.5, shape: [], stream: 2), state(0, 0, 1, 0)),
      .backendOnly(Op.RandomUniform(0.125, 0.5, shape: [3, 7, 5, 16], stream: 9), state(.min, .max, 1000, 0)),
    ]
  }
}
