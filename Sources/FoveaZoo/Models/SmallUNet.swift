public import FoveaLayers

/// A small U-Net: three steps down and three up, with batch normalisation and without convolutions at the bottom.
///
/// Of M. Cordeiro's tutorial "Creating a Very Simple U-Net Model with PyTorch for Semantic Segmentation of Satellite
/// Images" (2020), whose networks for clouds are published. Input H×W×4 (red, green, blue, near infrared), height and
/// width multiples of 8. Differs from U-Net: the skips join maps after their pooling; the scores are normalised and
/// rectified before the last transposed convolution. Layers are called as there.
public struct SmallUNet: Layer {
  /// The scores of each pixel; one is that of the class against all else.
  public var classes: Int
  /// Of the convolutions of each step down; up, those of the step before.
  public var filters: [Int]

  public init(classes: Int = 1, filters: [Int] = [32, 64, 128]) { (self.classes, self.filters) = (classes, filters) }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessImages("SmallUNet") { return mistake }
    var (y, kept) = (x, [Value]())
    for (step, width) in filters.enumerated() {
      kept.append(y)
      y = down(width, kernel: step == 0 ? 7 : 3).named("conv\(step + 1)")(y)
    }
    for step in filters.indices.reversed() {
      if step < filters.count - 1 { y = y.joined(with: [kept[step + 1]]) }
      guard y.isValid else { return y }
      y = up(step == 0 ? classes : filters[step - 1]).named("upconv\(step + 1)")(y)
    }
    return y
  }

  private func convolutions(_ width: Int, kernel: Int) -> [any Layer] {
    (0..<2).flatMap { _ -> [any Layer] in
      [
        Conv2D(
          filters: width, kernel: Size2D(kernel), padding: .explicit(kernel / 2), initializer: .heNormal),
        BatchNorm(), ReLU(),
      ]
    }
  }

  private func down(_ width: Int, kernel: Int) -> Sequential {
    numbered {
      convolutions(width, kernel: kernel)
      MaxPool2D(3, strides: 2, padding: .explicit(1))
    }
  }

  private func up(_ width: Int) -> Sequential {
    numbered {
      convolutions(width, kernel: 3)
      TransposedConv2D(
        filters: width, kernel: 3, strides: 2, padding: .explicit(1), outputPadding: 1, initializer: .heNormal)
    }
  }
}

extension SmallUNet {
  static let entries = [
    CatalogueEntry(
      "unet-small", 2020, "Cordeiro, Creating a Very Simple U-Net Model with PyTorch for Semantic Segmentation",
      input: [224, 224, 4], classes: 1,
      options: [ModelOption("filters", "of each step down", .integers([32, 64, 128], 1...1024))]
    ) { SmallUNet(classes: $0.classes, filters: $0.integers("filters")) }
  ]
}
