import FoveaCore
import FoveaGraph

extension Op.Convolution: ConformanceCases {
  /// Odd sizes and every attribute; then channels that fill blocks of 8 and 16.
  static var cases: [ConformanceCase] {
    [
      // Padding.
      image(3, 5, Window(size: [3, 3])),
      image(3, 5, Window(size: [3, 3], padding: .same)),
      image(3, 5, Window(size: [2, 4], padding: .same)),
      image(3, 5, Window(size: [3, 2], padding: .edges([.init(before: 1, after: 2), .init(before: 0, after: 3)]))),
      image(3, 5, Window(size: [1, 1], padding: .explicit(1))),
      image(3, 5, Window(size: [7, 5])),
      image(1, 1, Window(size: [2, 2], padding: .explicit(3))),
      image(3, 5, Window(size: [3, 2], padding: .full)),
      image(2, 3, Window(size: [2, 3], strides: [2], dilations: [1, 2], padding: .full)),
      // Strides.
      image(3, 5, Window(size: [3, 3], strides: [2])),
      image(3, 5, Window(size: [3, 3], strides: [2], padding: .same)),
      image(3, 5, Window(size: [2, 4], strides: [2], padding: .same)),
      image(3, 5, Window(size: [2, 3], strides: [3, 2], padding: .explicit(1))),
      image(3, 5, Window(size: [1, 1], strides: [2])),
      image(3, 5, Window(size: [2, 1], strides: [3, 4])),
      image(3, 5, Window(size: [7, 7], strides: [2], padding: .explicit(3))),
      // Dilation.
      image(3, 5, Window(size: [3, 3], dilations: [2, 1])),
      image(3, 5, Window(size: [3, 2], dilations: [2, 3], padding: .same)),
      image(3, 5, Window(size: [3, 3], strides: [2, 1], dilations: [2], padding: .same)),
      // Groups, up to one for each channel.
      image(4, 6, groups: 2, Window(size: [3, 3], padding: .same)),
      image(3, 3, groups: 3, Window(size: [3, 3], padding: .same)),
      image(3, 6, groups: 3, Window(size: [3, 2], strides: [2], padding: .same)),
      image(5, 5, groups: 5, Window(size: [2, 2], dilations: [2], padding: .explicit(1))),
      // One and three spatial axes.
      ConformanceCase(Op.Convolution(Window(size: [3])), .numbers([2, 9, 3]), .numbers([3, 3, 5])),
      ConformanceCase(
        Op.Convolution(Window(size: [4], strides: [2], dilations: [2], padding: .same), groups: 2),
        .numbers([2, 9, 4]), .numbers([4, 2, 6])),
      ConformanceCase(
        Op.Convolution(Window(size: [3, 2, 2], padding: .same)), .numbers([2, 4, 5, 3, 2]), .numbers([3, 2, 2, 2, 3])),
      ConformanceCase(
        Op.Convolution(Window(size: [2, 3, 1], strides: [2, 1, 2], padding: .explicit(1))), .numbers([1, 4, 3, 5, 3]),
        .numbers([2, 3, 1, 3, 2])),
      // Long windows along one axis, some of whose taps see nothing but padding.
      long(Window(size: [32], padding: .explicit(30))),
      long(Window(size: [24], strides: [3], dilations: [2], padding: .same)),
      long(Window(size: [32], padding: .edges([.init(before: 40, after: 50)]))),
      depthwise([2, 9, 3], 2, Window(size: [4], strides: [2], padding: .same)),
      depthwise([1, 11, 4], 1, Window(size: [3], dilations: [4], padding: .edges([.init(before: 5, after: 1)]))),
      depthwise([2, 6, 5, 3], 3, Window(size: [3, 2], strides: [1, 2], dilations: [2, 1], padding: .explicit(2))),
      depthwise([1, 3, 4, 3, 2], 2, Window(size: [2, 3, 2], strides: [1, 2, 1], padding: .same)),
    ]
      + [
        (3, 16, 1, Window(size: [7, 7], strides: [2], padding: .explicit(3))),
        (16, 32, 1, Window(size: [3, 3], padding: .same)),
        (16, 32, 1, Window(size: [3, 3], strides: [2], padding: .same)),
        (48, 16, 1, Window(size: [1, 1])),
        (32, 48, 1, Window(size: [1, 1], strides: [2])),
        (32, 20, 1, Window(size: [3, 3], dilations: [2], padding: .same)),
        (17, 33, 1, Window(size: [2, 2])),
        (32, 32, 32, Window(size: [3, 3], padding: .same)),
        (20, 20, 20, Window(size: [5, 5], strides: [2], padding: .explicit(2))),
        (16, 32, 16, Window(size: [3, 3], padding: .same)),
        (32, 64, 4, Window(size: [3, 3], padding: .same)),
        (12, 12, 4, Window(size: [3, 3], strides: [2], padding: .same)),
        (16, 16, 1, Window(size: [3, 3], dilations: [5, 3], padding: .same)),
        (17, 16, 1, Window(size: [3, 5], padding: .edges([.init(before: 0, after: 2), .init(before: 3, after: 1)]))),
        (16, 17, 1, Window(size: [2, 3], strides: [3, 2], padding: .full)),
        // Depthwise where oneDNN has no generated code.
        (16, 16, 16, Window(size: [3, 3], dilations: [2], padding: .same)),
        (17, 17, 17, Window(size: [7, 7], strides: [2, 1], padding: .same)),
        (32, 64, 32, Window(size: [3, 3], strides: [2], padding: .edges([.init(before: 0, after: 1)]))),
        (17, 51, 17, Window(size: [2, 3], padding: .same)),
        // Groups of one channel each, with filters that fill blocks.
        (3, 24, 3, Window(size: [3, 3], padding: .same)),
        (3, 48, 3, Window(size: [3, 3], padding: .same)),
        (2, 64, 2, Window(size: [3, 2], strides: [2])),
        // Channels that fill one block; edges of which none is like another.
        (8, 16, 1, Window(size: [3, 3], padding: .same)),
        (8, 24, 1, Window(size: [3, 3], padding: .edges([.init(before: 0, after: 2), .init(before: 2, after: 1)]))),
        (16, 8, 1, Window(size: [3, 3], padding: .edges([.init(before: 1, after: 0), .init(before: 0, after: 0)]))),
      ].map { channels, filters, groups, window in
        .backendOnly(
          Op.Convolution(window, groups: groups), .numbers([3, 14, 9, channels]),
          .numbers(Shape(window.size + [channels / groups, filters])))
      }
      + [
        // Few channels and many images: a backend may put images, not channels, side by side.
        (1, 6, Window(size: [5, 5], padding: .same)),
        (6, 16, Window(size: [5, 5])),
        (3, 11, Window(size: [3, 2], padding: .edges([.init(before: 1, after: 2), .init(before: 0, after: 1)]))),
        (7, 5, Window(size: [1, 3], padding: .same)),
        (20, 10, Window(size: [2, 2], padding: .explicit(1))),
        (5, 7, Window(size: [3, 3], strides: [2], padding: .same)),
      ].map { channels, filters, window in
        .backendOnly(
          Op.Convolution(window), .numbers([48, 11, 7, channels]), .numbers(Shape(window.size + [channels, filters])))
      }
      + [
        // Pictures so high that a backend cannot keep all rows of one at hand.
        (1, Window(size: [3, 3], padding: .same)),
        (3, Window(size: [7, 7], strides: [2], padding: .explicit(3))),
        (4, Window(size: [11, 4], strides: [4, 1], padding: .explicit(2))),
        (3, Window(size: [2, 3], strides: [5, 2], padding: .full)),
        (
          2,
          Window(
            size: [5, 3], strides: [3], padding: .edges([.init(before: 7, after: 9), .init(before: 0, after: 1)]))
        ),
      ].map { channels, window in
        .backendOnly(
          Op.Convolution(window), .numbers([3, 50, 9, channels]), .numbers(Shape(window.size + [channels, 17])))
      } + [
        // Sums long enough for an algorithm that rounds more to show it.
        .backendOnly(
          Op.Convolution(Window(size: [3, 3], padding: .same)), .numbers([2, 17, 21, 128]), .numbers([3, 3, 128, 64])),
        // Few tiles and many filters; more tiles than are computed at once.
        .backendOnly(
          Op.Convolution(Window(size: [3, 3], padding: .same)), .numbers([1, 7, 7, 64]), .numbers([3, 3, 64, 128])),
        .backendOnly(
          Op.Convolution(Window(size: [3, 3], padding: .same)), .numbers([1, 45, 41, 128]), .numbers([3, 3, 128, 32])),
        .backendOnly(
          Op.Convolution(Window(size: [5], padding: .same)), .numbers([3, 50, 16]), .numbers([5, 16, 32])),
        .backendOnly(
          Op.Convolution(Window(size: [3, 3, 3], padding: .same)), .numbers([2, 4, 5, 6, 16]),
          .numbers([3, 3, 3, 16, 16])),
        .backendOnly(
          Op.Convolution(Window(size: [3], dilations: [20], padding: .same)), .numbers([2, 50, 17]),
          .numbers([3, 17, 16])),
        .backendOnly(
          Op.Convolution(Window(size: [3, 2, 3], dilations: [1, 3, 2], padding: .full)), .numbers([2, 4, 5, 6, 16]),
          .numbers([3, 2, 3, 16, 17])),
      ]
      + [
        (Shape([20, 50, 16]), 1, Window(size: [5], padding: .same)), ([2, 50, 48], 1, Window(size: [3], strides: [2])),
        ([3, 31, 17], 2, Window(size: [3], dilations: [4], padding: .same)),
        ([2, 4, 6, 5, 32], 1, Window(size: [3, 3, 3], padding: .same)),
        ([2, 4, 6, 5, 17], 2, Window(size: [2, 3, 3], strides: [1, 2, 2], padding: .explicit(1))),
      ].map { x, multiplier, window in
        var result = depthwise(x, multiplier, window)
        result.skipsGradient = true
        return result
      }
  }

  /// A case with `multiplier` kernels for each channel.
  private static func depthwise(_ x: Shape, _ multiplier: Int, _ window: Window) -> ConformanceCase {
    ConformanceCase(
      Op.Convolution(window, groups: x.channels), .numbers(x),
      .numbers(Shape(window.size + [1, x.channels * multiplier])))
  }

  /// A case along one axis.
  private static func long(_ window: Window) -> ConformanceCase {
    .backendOnly(Op.Convolution(window), .numbers([3, 41, 20]), .numbers([window.size[0], 20, 33]))
  }

  /// A case on a 7×5 image.
  private static func image(_ channels: Int, _ filters: Int, groups: Int = 1, _ window: Window) -> ConformanceCase {
    ConformanceCase(
      Op.Convolution(window, groups: groups), .numbers([2, 7, 5, channels]),
      .numbers(Shape(window.size + [channels / groups, filters])))
  }
}

// The gradients on every case of the convolution.

extension Op.ConvolutionInputGradient: ConformanceCases {
  static var cases: [ConformanceCase] {
    Op.Convolution.cases.map { forward in
      let (convolution, x, w) = (forward.operation as! Op.Convolution, forward.inputs[0].shape, forward.inputs[1])
      var result = ConformanceCase(
        Self(of: convolution, inputShape: x), .numbers(convolution.shape(on: x, w.shape)), .tensor(w))
      result.skipsGradient = forward.skipsGradient
      return result
    }
  }
}

extension Op.ConvolutionWeightsGradient: ConformanceCases {
  static var cases: [ConformanceCase] {
    Op.Convolution.cases.map { forward in
      let (convolution, x, w) = (forward.operation as! Op.Convolution, forward.inputs[0], forward.inputs[1].shape)
      var result = ConformanceCase(
        Self(of: convolution, weightsShape: w), .numbers(convolution.shape(on: x.shape, w)), .tensor(x))
      result.skipsGradient = forward.skipsGradient
      return result
    }
  }
}
