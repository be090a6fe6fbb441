public import FoveaLayers

/// U-Net: Ronneberger, Fischer & Brox 2015, "U-Net: Convolutional Networks for Biomedical Image Segmentation", fig. 1.
///
/// With the paper's valid convolutions an image of 572×572 gives scores for the 388×388 in its middle; with `.same`
/// padding every pixel gets its scores, and height and width are multiples of 16.
public struct UNet: Layer {
  public var classes: Int
  /// The filters of the first convolutions; each step down doubles them.
  public var filters: Int
  /// `.valid` or `.same`.
  public var padding: Padding

  public init(classes: Int = 2, filters: Int = 64, padding: Padding = .valid) {
    (self.classes, self.filters, self.padding) = (classes, filters, padding)
  }

  public func forward(_ x: Value) -> Value {
    guard x.rank == 4 else {
      return x.failing(
        "U-Net takes images H×W×C, got \(x.shape.ofExample)", fix: "give it images", assuming: nil)
    }
    var (y, kept) = (x, [Value]())
    for step in 0..<4 {
      y = double(filters << step).named("down\(step + 1)")(y)
      kept.append(y)
      y = MaxPool2D(2)(y)
    }
    y = double(filters << 4).named("bottom")(y)
    for step in (0..<4).reversed() {
      guard y.isValid, kept[step].isValid else { return y }
      let width = filters << step
      y = TransposedConv2D(filters: width, kernel: 2, strides: 2, initializer: .heNormal).named("upconv\(step + 1)")(y)
      guard y.isValid else { return y }
      guard let skipped = middle(of: kept[step], like: y) else {
        return y.failing(
          "the way up gives \(y.shape.ofExample) where the way down had \(kept[step].shape.ofExample)",
          fix: "use a height and width that every pooling halves", assuming: kept[step].shape)
      }
      y = double(width).named("up\(step + 1)")(concatenate([skipped, y]))
    }
    return Conv2D(filters: classes, kernel: 1, initializer: .heNormal).named("outputs")(y)
  }

  private func double(_ width: Int) -> Sequential {
    func convolution() -> Conv2D {
      Conv2D(filters: width, kernel: 3, padding: padding, activation: .relu, initializer: .heNormal)
    }
    return Sequential([convolution().named("conv1"), convolution().named("conv2")])
  }

  /// The middle of `x` with the height and width of `y`: valid convolutions lose the border. `nil` if `y` is larger, or
  /// lies between two pixels of `x`.
  private func middle(of x: Value, like y: Value) -> Value? {
    let (rows, columns) = (x.shape[1] - y.shape[1], x.shape[2] - y.shape[2])
    guard rows >= 0, columns >= 0, padding != .same || rows + columns == 0 else { return nil }
    if rows == 0, columns == 0 { return x }
    return x.applying(
      Op.Slice(from: [0, rows / 2, columns / 2, 0], size: [x.shape[0], y.shape[1], y.shape[2], x.channels]))
  }
}

extension UNet {
  static let entries = [
    ("unet", Padding.valid, [572, 572, 1] as Shape), ("unet-same", .same, [256, 256, 1]),
  ].map { name, padding, input in
    CatalogueEntry(
      name, 2015, "Ronneberger et al., U-Net", input: input, classes: 2,
      options: [ModelOption("filters", "of the first convolutions", .integer(64, 1...1024))]
    ) { UNet(classes: $0.classes, filters: $0.integer("filters"), padding: padding) }
  }
}
