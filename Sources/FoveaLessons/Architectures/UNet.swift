import FoveaLayers

/// U-Net with valid convolutions: one channel in, two classes out. Input 572×572×1.
///
/// - Source: Ronneberger, Fischer & Brox 2015, "U-Net: Convolutional Networks for Biomedical Image Segmentation", fig. 1.
struct UNet: Layer {
  func forward(_ x: Value) -> Value {
    var kept: [Value] = []
    var y = x
    for width in [64, 128, 256, 512] {
      y = double(width)(y)
      kept.append(y)
      y = MaxPool2D(2)(y)
    }
    y = double(1024)(y)
    for (width, skipped) in zip([512, 256, 128, 64], kept.reversed()) {
      y = TransposedConv2D(filters: width, kernel: 2, strides: 2)(y)
      y = double(width)(concatenate(centre(of: skipped, like: y), y))
    }
    return Conv2D(filters: 2, kernel: 1)(y)
  }

  private func double(_ width: Int) -> Sequential {
    Sequential([
      Conv2D(filters: width, kernel: 3, activation: .relu), Conv2D(filters: width, kernel: 3, activation: .relu),
    ])
  }

  /// The way down loses its border with every convolution: only the middle has a partner.
  private func centre(of x: Value, like y: Value) -> Value {
    let start = [0, (x.shape[1] - y.shape[1]) / 2, (x.shape[2] - y.shape[2]) / 2, 0]
    return x.applying(Op.Slice(from: start, size: [x.shape[0], y.shape[1], y.shape[2], x.channels]))
  }
}
