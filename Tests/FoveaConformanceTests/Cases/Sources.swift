import FoveaCore
import FoveaGraph

// Sources have no inputs: only their shapes are checked.

extension Op.Input: ConformanceCases {
  static var cases: [ConformanceCase] {
    [ConformanceCase(Op.Input(name: "image", shape: [2, 7, 5, 3], elementType: .float32))]
  }
}

extension Op.Parameter: ConformanceCases {
  static var cases: [ConformanceCase] {
    [ConformanceCase(Op.Parameter(path: "w", shape: [3, 5], initializer: .zeros, isTrainable: true))]
  }
}

extension Op.Constant: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Op.Constant(Tensor([1, 2, 3] as [Float], shape: [3, 1]))),
      ConformanceCase(Op.Constant(Tensor([1, 2] as [Int32], shape: [2]))),
    ]
  }
}
