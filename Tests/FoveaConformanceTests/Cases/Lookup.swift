import FoveaCore
import FoveaGraph

extension Op.Lookup: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Op.Lookup(), .numbers([7, 5]), .labels([2, 6], classes: 7)),
      ConformanceCase(Op.Lookup(), .numbers([3, 1]), .integers([2, 2, 0, 2], [4])),
      ConformanceCase(Op.Lookup(), .numbers([3, 4]), .integers([1], [])),
      .backendOnly(Op.Lookup(), .numbers([50, 100]), .labels([3, 40], classes: 50)),
      .backendOnly(Op.Lookup(), .numbers([3, 4]), .integers([0, -1, 3, 2, .max], [5])),
    ]
  }
}

extension Op.LookupGradient: ConformanceCases {
  static var cases: [ConformanceCase] {
    Op.Lookup.cases.map { forward in
      let (table, indices) = (forward.inputs[0].shape, forward.inputs[1])
      return ConformanceCase(
        Self(rows: table[0]), .numbers(Shape(indices.shape.dimensions + [table[1]])), .tensor(indices))
    }
  }
}
