import FoveaCore
import FoveaGraph

/// Repeated labels, an empty sequence, one that just fits, a shorter time, another blank.
private let labels = ConformanceCase.Input.integers([1, 2, 2, 3, -1, -1, -1, -1, 1, 1, -1, -1], [3, 4])

extension Op.CTC: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Op.CTC(), .numbers([3, 6, 4], in: -3 ... -0.5), labels, .integers([6, 4, 3], [3])),
      ConformanceCase(
        Op.CTC(blank: 3), .numbers([2, 5, 4], in: -3 ... -0.5), .integers([0, 1, 2, -1], [2, 2]),
        .integers([5, 1], [2])),
      .backendOnly(
        Op.CTC(), .numbers([4, 30, 29], in: -6 ... -1), .labels([4, 8], classes: 29),
        .integers([30, 25, 21, 30], [4])),
      // No path: too short a time, labels that are no class.
      .backendOnly(
        Op.CTC(), .numbers([2, 3, 4], in: -3 ... -0.5), .integers([1, 1, 2, 9, -1, -1], [2, 3]), .integers([3, 3], [2])),
    ]
  }
}

extension Op.CTCGradient: ConformanceCases {
  static var cases: [ConformanceCase] {
    Op.CTC.cases.map { forward in
      let inputs = forward.inputs
      var result = ConformanceCase(
        Self(of: forward.operation as! Op.CTC), .numbers([inputs[0].shape[0]]), .tensor(inputs[0]),
        .tensor(inputs[1]), .tensor(inputs[2]))
      result.skipsGradient = forward.skipsGradient
      return result
    }
  }
}
