import FoveaLayers

extension TorchFamily {
  /// `Fixtures/make_pooling.py`
  static let pooling: TorchFamily = {
    var all = imagesOnly
    for layers in [layers(Int.self), layers(Size2D.self), layers(Size3D.self)] {
      all.merge(layers) { layer, _ in layer }
    }
    return TorchFamily("pooling", all)
  }()

  private typealias Layers = [String: @Sendable (Value) -> Value]

  private static let imagesOnly: Layers = [
    "max pool, other sizes along each axis": {
      MaxPool2D(
        Size2D(3, 2), strides: Size2D(1, 3), dilation: Size2D(2, 1), padding: .explicit(vertical: 1, horizontal: 0),
        roundsUp: true)($0)
    },
    "average pool, divisor of 5": { AveragePool2D(3, strides: 2, padding: .explicit(1), divisor: 5)($0) },
    "upsample, other factors along each axis": { Upsample2D(Size2D(3, 2))($0) },
    "upsample one pixel": { Upsample2D(to: Size2D(3, 4), interpolation: .linear)($0) },
    "upsample 17 channels": { Upsample2D(2, interpolation: .linear)($0) },
    "upsample 2d, cubic": { Upsample2D(3, interpolation: .cubic)($0) },
    "upsample 2d, cubic, corners aligned": { Upsample2D(3, interpolation: .cubic, alignsCorners: true)($0) },
    "upsample 2d, cubic, to a size": { Upsample2D(to: Size2D(10, 13), interpolation: .cubic)($0) },
    "upsample 2d, cubic, to a size, corners aligned": {
      Upsample2D(to: Size2D(10, 13), interpolation: .cubic, alignsCorners: true)($0)
    },
    "pixel shuffle": { PixelShuffle(2)($0) },
    "pixel unshuffle": { PixelUnshuffle(3)($0) },
    "crop 2d": { Crop2D(top: 1, bottom: 2, left: 2)($0) },
    "crop": { Crop(before: [2, 0], after: [1, 1])($0) },
    "repeat": { Repeat([2, 1, 3])($0) },
    "repeat vector": { RepeatVector(4)($0) },
    "flip": { Flip(axes: [1, 3])($0) },
    "gather along axis 1": { Gather([2, 0, 2, 1], axis: 1)($0) },
    "gather along axis 2": { Gather([2, 0, 2, 1], axis: 2)($0) },
    "gather along axis 3": { Gather([2, 0, 2, 1], axis: 3)($0) },
  ]

  /// What is the same over one, two and three axes.
  private static func layers<Size: TorchSize>(_ size: Size.Type) -> Layers {
    let (one, two, three, n) = (Size(1), Size(2), Size(3), Size.axes)
    let layers: Layers = [
      "max pool \(n)d": { MaxPool(two)($0) },
      "max pool \(n)d, overlapping, padded, rounded up": {
        MaxPool(three, strides: two, padding: .explicit(1), roundsUp: true)($0)
      },
      "max pool \(n)d, dilated": { MaxPool(two, strides: one, dilation: two, padding: .explicit(1))($0) },
      "max pool \(n)d, hanging over": { MaxPool(three, roundsUp: true)($0) },
      "min pool \(n)d, rounded up": { MinPool(three, strides: two, padding: .explicit(1), roundsUp: true)($0) },
      "average pool \(n)d, padding not counted": { AveragePool(three, strides: two, padding: .explicit(1))($0) },
      "average pool \(n)d, padding not counted, rounded up": {
        AveragePool(three, strides: two, padding: .explicit(1), roundsUp: true)($0)
      },
      "average pool \(n)d, padding counted": {
        AveragePool(three, strides: two, padding: .explicit(1), countsPadding: true)($0)
      },
      "average pool \(n)d, padding counted, rounded up": {
        AveragePool(three, strides: two, padding: .explicit(1), countsPadding: true, roundsUp: true)($0)
      },
      "sum pool \(n)d": { SumPool(three, strides: two, padding: .explicit(1))($0) },
      "lp pool \(n)d, 2": { LpPool(three, strides: two)($0) },
      "lp pool \(n)d, 3": { LpPool(two, power: 3, strides: one)($0) },
      "lp pool \(n)d, 1.5": { LpPool(two, power: 1.5)($0) },
      "lp pool \(n)d, 1": { LpPool(two, power: 1)($0) },
      "global average pool \(n)d": { GlobalAveragePool<Size>()($0) },
      "global sum pool \(n)d": { GlobalSumPool<Size>()($0) },
      "global max pool \(n)d": { GlobalMaxPool<Size>()($0) },
      "global min pool \(n)d": { GlobalMinPool<Size>()($0) },
      "global lp pool \(n)d": { GlobalLpPool<Size>()($0) },
      "adaptive average pool \(n)d": { AdaptiveAveragePool(Size.pooled)($0) },
      "adaptive average pool \(n)d, evenly": { AdaptiveAveragePool(one)($0) },
      "adaptive max pool \(n)d": { AdaptiveMaxPool(Size.pooled)($0) },
      "adaptive min pool \(n)d": { AdaptiveMinPool(Size.pooled)($0) },
      "adaptive sum pool \(n)d": { AdaptiveSumPool(Size.pooled)($0) },
      "adaptive lp pool \(n)d, 2": { AdaptiveLpPool(Size.pooled)($0) },
      "adaptive lp pool \(n)d, 3": { AdaptiveLpPool(Size.pooled, power: 3)($0) },
      "max unpool \(n)d, to another size": {
        let (y, switches) = MaxPool(two).withSwitches($0)
        return MaxUnpool(to: Size.unpooled)(y, switches)
      },
      "max unpool \(n)d, apart": {
        let (y, switches) = MaxPool(two).withSwitches($0)
        return MaxUnpool<Size>()(y, switches)
      },
      "max unpool \(n)d, overlapping": {
        let (y, switches) = MaxPool(three, strides: two).withSwitches($0)
        return MaxUnpool<Size>()(y, switches)
      },
      "upsample \(n)d, nearest": { Upsample(two)($0) },
      "upsample \(n)d, nearest, to a size": { Upsample(to: Size.stretched)($0) },
      "upsample \(n)d, linear": { Upsample(two, interpolation: .linear)($0) },
      "upsample \(n)d, linear, corners aligned": { Upsample(two, interpolation: .linear, alignsCorners: true)($0) },
      "upsample \(n)d, linear, to a size": { Upsample(to: Size.stretched, interpolation: .linear)($0) },
      "upsample \(n)d, linear, to a size, corners aligned": {
        Upsample(to: Size.stretched, interpolation: .linear, alignsCorners: true)($0)
      },
      "upsample \(n)d, linear, to less": { Upsample(to: Size.shrunk, interpolation: .linear)($0) },
      "upsample \(n)d, linear, to less, corners aligned": {
        Upsample(to: Size.shrunk, interpolation: .linear, alignsCorners: true)($0)
      },
    ]
    return layers
  }
}

/// The sizes to which the examples pool and stretch.
private protocol TorchSize: SpatialSize {
  static var pooled: Self { get }
  static var stretched: Self { get }
  static var shrunk: Self { get }
  static var unpooled: Self { get }
}

extension Int: TorchSize {
  fileprivate static let pooled = 4
  fileprivate static let stretched = 14
  fileprivate static let shrunk = 5
  fileprivate static let unpooled = 8
}

extension Size2D: TorchSize {
  fileprivate static let pooled = Size2D(3, 4)
  fileprivate static let stretched = Size2D(10, 13)
  fileprivate static let shrunk = Size2D(3, 4)
  fileprivate static let unpooled = Size2D(7, 7)
}

extension Size3D: TorchSize {
  fileprivate static let pooled = Size3D(2, 3, 4)
  fileprivate static let stretched = Size3D(7, 9, 5)
  fileprivate static let shrunk = Size3D(3, 2, 4)
  fileprivate static let unpooled = Size3D(5, 5, 6)
}
