public import FoveaLayers

/// Dense U-Net: Aldoj et al. 2020, "Automatic prostate and prostate zones segmentation of magnetic resonance images
/// using DenseNet-like U-net". A U-Net in which dense blocks take the places of the pairs of convolutions.
///
/// Height and width are multiples of 2 to the number of steps. Differs from the article, of whose variants none is
/// followed to the last layer: blocks and transitions are those of DenseNet-BC, layers called as there, sizes are options.
public struct DenseUNet: Layer {
  public var classes: Int
  /// The layers of each block on the way down, the last at the bottom; the way up has the same.
  public var blocks: [Int]
  /// How many channels each layer adds.
  public var growth: Int
  /// The filters of the first convolution.
  public var firstFilters: Int

  public init(classes: Int = 3, blocks: [Int] = [4, 4, 4, 4, 4], growth: Int = 32, firstFilters: Int = 64) {
    (self.classes, self.blocks, self.growth, self.firstFilters) = (classes, blocks, growth, firstFilters)
  }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessImages("DenseUNet") { return mistake }
    var kept: [Value] = []
    var y = Conv2D(
      filters: firstFilters, kernel: 3, padding: .explicit(1), bias: false, initializer: .heNormal
    ).named("conv0")(x)
    for (step, count) in blocks.enumerated() {
      y = block(count).named("denseblock\(step + 1)")(y)
      guard y.isValid, step < blocks.count - 1 else { break }
      kept.append(y)
      y = Transition(names: .torchvision).named("transition\(step + 1)")(y)
    }
    for step in kept.indices.reversed() {
      guard y.isValid else { return y }
      // As many channels from below as the way down had when it came to this size.
      let width = kept[step].channels - blocks[step] * growth
      y = TransposedConv2D(filters: width, kernel: 2, strides: 2, initializer: .heNormal)
        .named("upconv\(step + 1)")(y)
      y = kept[step].joined(with: [y])
      guard y.isValid else { return y }
      y = block(blocks[step]).named("upblock\(step + 1)")(y)
    }
    return Sequential {
      BatchNorm().named("norm")
      ReLU()
      Conv2D(filters: classes, kernel: 1, initializer: .heNormal).named("outputs")
    }.forward(y)
  }

  private func block(_ count: Int) -> Sequential {
    Sequential {
      for layer in 1...max(count, 1) {
        DenseLayer(growth: growth, names: .torchvision).named("denselayer\(layer)")
      }
    }
  }
}

extension DenseUNet {
  static let entries = [
    CatalogueEntry(
      "dense-unet", 2020, "Aldoj et al., Automatic prostate and prostate zones segmentation using DenseNet-like U-net",
      input: [256, 256, 1], classes: 3,
      options: [
        ModelOption("blocks", "the layers of each block down, the bottom last", .integers([4, 4, 4, 4, 4], 1...64)),
        ModelOption("growth", "the channels that each layer adds", .integer(32, 1...512)),
        ModelOption("filters", "of the first convolution", .integer(64, 1...1024)),
      ]
    ) {
      DenseUNet(
        classes: $0.classes, blocks: $0.integers("blocks"), growth: $0.integer("growth"),
        firstFilters: $0.integer("filters"))
    }
  ]
}
