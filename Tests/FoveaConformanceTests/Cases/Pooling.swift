import FoveaCore
import FoveaGraph
import FoveaReference
import FoveaTestSupport

/// The windows that both poolings are checked with, and the shapes that they slide over.
private let windows: [(Window, Shape)] = [
  (Window(size: [2, 2], strides: [2]), [2, 7, 5, 3]),
  (Window(size: [2, 2], strides: [2], padding: .same), [2, 7, 5, 3]),
  (Window(size: [3, 3], strides: [2], padding: .explicit(1)), [2, 7, 5, 3]),
  (Window(size: [3, 3], padding: .same), [2, 7, 5, 5]),
  (Window(size: [3, 2], strides: [1, 2]), [2, 7, 5, 3]),
  (Window(size: [2, 1], strides: [3, 2]), [2, 7, 5, 3]),
  (
    Window(size: [3, 3], strides: [2], padding: .edges([.init(before: 0, after: 1), .init(before: 2, after: 0)])),
    [2, 7, 5, 3]
  ),
  (Window(size: [2, 3], dilations: [2, 1], padding: .same), [2, 7, 5, 3]),
  (Window(size: [2, 2], strides: [2, 1], dilations: [3, 2]), [2, 7, 5, 3]),
  (Window(size: [7, 5]), [2, 7, 5, 3]),
  (Window(size: [1, 1], strides: [2]), [2, 7, 5, 3]),
  (Window(size: [3], strides: [2], padding: .same), [2, 9, 3]),
  (Window(size: [2, 3, 2], strides: [2, 1, 2], padding: .explicit(1)), [2, 4, 5, 3, 2]),
  // Last windows that hang over the end.
  (Window(size: [2, 2], strides: [2], roundsUp: true), [2, 7, 5, 3]),
  (Window(size: [3, 3], strides: [2], padding: .explicit(1), roundsUp: true), [2, 6, 8, 3]),
  (Window(size: [3, 3], strides: [2], roundsUp: true), [2, 2, 4, 3]),
  (
    Window(
      size: [3, 2], strides: [3], dilations: [1, 2], padding: .edges([.init(before: 0, after: 1)]), roundsUp: true),
    [2, 6, 8, 3]
  ),
  (Window(size: [4], strides: [3], padding: .explicit(1), roundsUp: true), [2, 9, 3]),
  (Window(size: [2, 3, 2], strides: [2], padding: .explicit(1), roundsUp: true), [2, 4, 5, 3, 2]),
]

/// Channels that fill blocks of 8 and 16, and some that do not.
private let largeWindows: [(Window, Shape)] = [
  (Window(size: [2, 2], strides: [2]), [3, 14, 9, 16]),
  (Window(size: [3, 3], strides: [2], padding: .explicit(1)), [3, 14, 9, 48]),
  (Window(size: [3, 3], padding: .same), [3, 14, 9, 20]),
  (Window(size: [3], strides: [2]), [3, 50, 32]),
  (Window(size: [3, 2], strides: [2], padding: .same), [32, 7, 9, 6]),
  (Window(size: [2, 2, 2], strides: [2]), [2, 4, 6, 6, 16]),
  (Window(size: [3, 3], strides: [2], padding: .explicit(1), roundsUp: true), [3, 14, 8, 17]),
  (Window(size: [3, 3], strides: [2], roundsUp: true), [3, 14, 8, 32]),
]

extension Op.MaxPool: ConformanceCases {
  static var cases: [ConformanceCase] {
    windows.map { ConformanceCase(Self($0), .numbers($1)) } + largeWindows.map { .backendOnly(Self($0), .numbers($1)) }
      // Where every number is negative, padding must not win.
      + [.backendOnly(Self(Window(size: [3, 3], padding: .same)), .numbers([2, 7, 5, 3], in: -9 ... -8))]
  }
}

extension Op.MaxPoolGradient: ConformanceCases {
  static var cases: [ConformanceCase] {
    (windows + largeWindows).flatMap { window, x in
      let pool = Op.MaxPool(window)
      let upstream = ConformanceCase.Input.numbers(pool.shape(on: x))
      return [
        ConformanceCase(Self(of: pool), upstream, .numbers(x)), ConformanceCase(Self(of: pool), upstream, .ties(x)),
      ]
    }
  }
}

extension Op.AveragePool: ConformanceCases {
  static var cases: [ConformanceCase] {
    [Divisor.inside, .padded, .number(1), .number(5)].flatMap { divisor in
      windows.map { ConformanceCase(Self($0, divisor: divisor), .numbers($1)) }
        + largeWindows.map { .backendOnly(Self($0, divisor: divisor), .numbers($1)) }
    }
  }
}

extension Op.AveragePoolGradient: ConformanceCases {
  static var cases: [ConformanceCase] {
    Op.AveragePool.cases.map { forward in
      let (pool, x) = (forward.operation as! Op.AveragePool, forward.inputs[0].shape)
      return ConformanceCase(Self(of: pool, inputShape: x), .numbers(pool.shape(on: x)))
    }
  }
}

extension Op.LpPool: ConformanceCases {
  static var cases: [ConformanceCase] {
    [1, 2, 3, 2.5].flatMap { power in
      windows.map { ConformanceCase(Self($0, power: power), .numbers($1)) }
        + largeWindows.map { .backendOnly(Self($0, power: power), .numbers($1)) }
    } + [.backendOnly(Self(Window(size: [2, 2], strides: [2]), power: 2), .ties([2, 7, 5, 3]))]
  }
}

extension Op.LpPoolGradient: ConformanceCases {
  static var cases: [ConformanceCase] {
    Op.LpPool.cases.map { forward in
      let (pool, x) = (forward.operation as! Op.LpPool, forward.inputs[0])
      let y = pool.run([x], shape: pool.shape(on: x.shape))
      return ConformanceCase(Self(of: pool), .numbers(y.shape), .tensor(x), .tensor(y))
    }
  }
}

extension Op.MaxPoolSwitches: ConformanceCases {
  static var cases: [ConformanceCase] {
    (windows + largeWindows).flatMap { window, x in
      [ConformanceCase(Self(window), .numbers(x)), ConformanceCase(Self(window), .ties(x))]
    }
  }
}

extension Op.MaxUnpool: ConformanceCases {
  static var cases: [ConformanceCase] {
    // With overlapping windows, several values go to one place: the gradient is that of each of them, as in PyTorch.
    (windows + largeWindows).map { window, shape in
      let (pool, x) = (Op.MaxPoolSwitches(window), ReferenceTensor<Double>.distinct(shape, seed: 7))
      let switches = pool.run([x], shape: pool.shape(on: shape))
      var example = ConformanceCase(
        Self(to: Array(shape.dimensions[1...window.rank])), .numbers(switches.shape), .tensor(switches))
      example.skipsGradient = window.strides != window.size || shape.count > 1000
      return example
    } + [.backendOnly(Self(to: [3]), .numbers([1, 5, 1]), .integers([0, -1, 3, 2, .max], [1, 5, 1]))]
  }
}

extension Op.MaxUnpoolGradient: ConformanceCases {
  static var cases: [ConformanceCase] {
    Op.MaxUnpool.cases.map { forward in
      let y = forward.operation.shape(on: forward.inputs[0].shape, forward.inputs[1].shape)
      return ConformanceCase(Self(), .numbers(y), .tensor(forward.inputs[1]))
    }
  }
}
