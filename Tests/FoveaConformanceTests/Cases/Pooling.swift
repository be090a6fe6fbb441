import FoveaCore
import FoveaGraph

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
]

/// Channels that fill blocks of 8 and 16, and some that do not.
private let largeWindows: [(Window, Shape)] = [
  (Window(size: [2, 2], strides: [2]), [3, 14, 9, 16]),
  (Window(size: [3, 3], strides: [2], padding: .explicit(1)), [3, 14, 9, 48]),
  (Window(size: [3, 3], padding: .same), [3, 14, 9, 20]),
  (Window(size: [3], strides: [2]), [3, 50, 32]),
  (Window(size: [3, 2], strides: [2], padding: .same), [32, 7, 9, 6]),
  (Window(size: [2, 2, 2], strides: [2]), [2, 4, 6, 6, 16]),
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
    [false, true].flatMap { countsPadding in
      windows.map { ConformanceCase(Self($0, countsPadding: countsPadding), .numbers($1)) }
        + largeWindows.map { .backendOnly(Self($0, countsPadding: countsPadding), .numbers($1)) }
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
