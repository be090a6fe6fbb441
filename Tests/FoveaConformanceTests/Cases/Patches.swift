import FoveaCore
import FoveaGraph

extension Op.Patches: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Self(Window(size: [3])), .numbers([2, 7, 3])),
      ConformanceCase(Self(Window(size: [2], strides: [2], dilations: [3], padding: .full)), .numbers([2, 7, 1])),
      ConformanceCase(Self(Window(size: [3, 2], padding: .same)), .numbers([2, 5, 4, 3])),
      ConformanceCase(
        Self(
          Window(
            size: [2, 3], strides: [3, 1], padding: .edges([.init(before: 1, after: 0), .init(before: 0, after: 2)]))
        ), .numbers([1, 5, 4, 2])),
      ConformanceCase(Self(Window(size: [1, 1])), .numbers([2, 3, 4, 5])),
      ConformanceCase(Self(Window(size: [2, 2, 3], strides: [1, 2, 1], padding: .same)), .numbers([1, 3, 4, 3, 2])),
      .backendOnly(Self(Window(size: [3, 3], strides: [2], padding: .explicit(3))), .numbers([3, 9, 7, 16])),
      .backendOnly(Self(Window(size: [5, 5], dilations: [2, 1], padding: .same)), .numbers([2, 9, 11, 81])),
    ]
  }
}

extension Op.PatchesGradient: ConformanceCases {
  static var cases: [ConformanceCase] {
    Op.Patches.cases.map { forward in
      let (patches, x) = (forward.operation as! Op.Patches, forward.inputs[0].shape)
      var result = ConformanceCase(Self(of: patches, inputShape: x), .numbers(patches.shape(on: x)))
      result.skipsGradient = forward.skipsGradient
      return result
    }
  }
}
