import FoveaCore
import FoveaGraph

extension Op.Dropout: ConformanceCases {
  static var cases: [ConformanceCase] {
    /// Seed and step, low words first, with high words and sign bits set.
    func state(_ words: Int32...) -> ConformanceCase.Input { .integers(words, [4]) }
    return [
      ConformanceCase(Op.Dropout(rate: 0.5, stream: 1), .numbers([2, 7, 5, 3]), state(7, 0, 0, 0)),
      ConformanceCase(Op.Dropout(rate: 0.3, stream: .max), .numbers([17]), state(-1, -2, -3, 4)),
      ConformanceCase(Op.Dropout(rate: 0, stream: 3), .numbers([5]), state(0, 0, 0, 0)),
      ConformanceCase(Op.Dropout(rate: 0.99, stream: 3), .numbers([]), state(5, 0, 9, 0)),
      .backendOnly(Op.Dropout(rate: 0.25, stream: 0xDEAD_BEEF), .numbers([3, 7, 5, 16]), state(1, 2, 3, 4)),
      .backendOnly(Op.Dropout(rate: 0.5, stream: 9), .numbers([33, 100]), state(.min, .max, 1000, 0)),
    ]
  }
}
