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

extension Op.BorderPad: ConformanceCases {
  static var cases: [ConformanceCase] {
    [PaddingMode.reflect, .replicate, .circular].flatMap { mode in
      [
        ConformanceCase(Self(before: [0, 2, 0], after: [0, 1, 0], mode: mode), .numbers([2, 4, 3])),
        ConformanceCase(Self(before: [0, 1, 3, 0], after: [0, 2, 0, 0], mode: mode), .numbers([2, 3, 4, 2])),
        ConformanceCase(
          Self(before: [0, 1, 0, 1, 0], after: [0, 0, 1, 1, 0], mode: mode), .numbers([2, 2, 3, 2, 2])),
        // Around any axis, which layers do not ask for.
        ConformanceCase(Self(before: [1, 2], after: [0, 1], mode: mode), .numbers([2, 3])),
        .backendOnly(Self(before: [0, 3, 3, 0], after: [0, 3, 3, 0], mode: mode), .numbers([3, 7, 5, 16])),
        .backendOnly(Self(before: [0, 2, 0, 0], after: [0, 2, 1, 0], mode: mode), .numbers([3, 7, 5, 17])),
      ]
    }
      + [PaddingMode.replicate, .circular].map { mode in
        ConformanceCase(Self(before: [0, 7, 0], after: [0, 8, 0], mode: mode), .numbers([2, 3, 2]))
      }
  }
}

extension Op.BorderPadGradient: ConformanceCases {
  static var cases: [ConformanceCase] {
    Op.BorderPad.cases.map { forward in
      let (pad, x) = (forward.operation as! Op.BorderPad, forward.inputs[0].shape)
      var result = ConformanceCase(Self(of: pad, inputShape: x), .numbers(pad.shape(on: x)))
      result.skipsGradient = forward.skipsGradient
      return result
    }
  }
}

extension Op.PickChannels: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Self([4, 0, 2]), .numbers([2, 3, 5])), ConformanceCase(Self([1, 1, 0, 1]), .numbers([3, 2])),
      ConformanceCase(Self([2]), .numbers([4])), .backendOnly(Self([16, 3, 0, 3]), .numbers([3, 7, 5, 17])),
    ]
  }
}

extension Op.PlaceChannels: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Self([4, 0, 2], of: 6), .numbers([2, 5, 3])),
      ConformanceCase(Self([1, 1, 0, 1], of: 2), .numbers([3, 4])),
      ConformanceCase(Self([2], of: 3), .numbers([1])),
      .backendOnly(Self(Array(3..<19), of: 20), .numbers([3, 7, 5, 16])),
    ]
  }
}

extension Op.Reverse: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Self([0, 1]), .numbers([3, 2, 4, 5])), ConformanceCase(Self([2]), .numbers([2, 3, 4])),
      ConformanceCase(Self([]), .numbers([2, 3])), ConformanceCase(Self([0]), .integers([1, 2, 3], [3])),
      .backendOnly(Self([0, 1]), .numbers([3, 3, 16, 32])), .backendOnly(Self([3]), .numbers([2, 3, 5, 16])),
    ]
  }
}
