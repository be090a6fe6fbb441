import FoveaLayers

extension TorchFamily {
  /// `Fixtures/make_basic.py`
  static let basic = TorchFamily(
    "basic",
    [
      "conv2d": { Conv2D(filters: 4, kernel: 3, strides: Size2D(2, 1), padding: .explicit(1))($0) },
      "conv2d, grouped and dilated": {
        Conv2D(filters: 6, kernel: Size2D(3, 2), dilation: Size2D(2, 3), groups: 2, bias: false)($0)
      },
      "dense": { Dense(5)($0) },
      "max pool": { MaxPool2D(3, strides: 2, padding: .explicit(1))($0) },
      "average pool": { AveragePool2D(3, strides: 2, padding: .explicit(1))($0) },
      "batch norm": { BatchNorm()($0) },
    ])
}
