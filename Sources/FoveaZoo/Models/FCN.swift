public import FoveaLayers

/// Fully convolutional network on a ResNet: Long, Shelhamer & Darrell 2015, "Fully Convolutional Networks for Semantic
/// Segmentation", §3. Scores for every pixel of an image of any size; made for 520×520×3.
///
/// As torchvision has it: the last two stages of the ResNet keep height and width, their windows dilated instead; a head of
/// two convolutions scores their maps, and the scores are stretched to the image's size. Differs from the paper: ResNet in
/// place of VGG, no scores from lower stages. Layers are called as in torchvision.
public struct FCN: Layer {
  /// The residual units of each stage.
  public var depths: [Int]
  /// Whether the third stage has a head too, which is for training alone.
  public var hasHead: Bool
  public var classes: Int

  public init(_ depths: [Int] = [3, 4, 6, 3], hasHead: Bool = false, classes: Int = 21) {
    (self.depths, self.hasHead, self.classes) = (depths, hasHead, classes)
  }

  public func forward(_ x: Value) -> Value {
    guard x.rank == 4 else {
      return x.failing("FCN takes images H×W×C, got \(x.shape.ofExample)", fix: "give it images", assuming: nil)
    }
    let stretched = Upsample2D(to: Size2D(x.shape[1], x.shape[2]), interpolation: .linear)
    let backbone = ResNet(depths, .bottleneck, dilatedStages: 2).features(prefix: "backbone.")
    return Sequential {
      Array(backbone.layers.dropLast())
      if hasHead {
        AuxiliaryHead(weight: 0.5) {
          head(middle: 256)
          stretched
        }.named("aux_classifier")
      }
      Array(backbone.layers.suffix(1))
      head(middle: 512).named("classifier")
      stretched
    }.forward(x)
  }

  /// The scores of each position.
  private func head(middle: Int) -> Sequential {
    numbered {
      Conv2D(filters: middle, kernel: 3, padding: .explicit(1), bias: false, initializer: .heNormalFanOut)
      BatchNorm()
      ReLU()
      Dropout(0.1)
      Conv2D(filters: classes, kernel: 1, initializer: .torch)
    }
  }
}

extension FCN {
  static let entries = [("fcn-resnet50", [3, 4, 6, 3]), ("fcn-resnet101", [3, 4, 23, 3])].map { name, depths in
    CatalogueEntry(
      name, 2015, "Long, Shelhamer & Darrell, Fully Convolutional Networks for Semantic Segmentation",
      input: [520, 520, 3], classes: 21, options: [.heads], leftOut: ["aux_classifier."]
    ) { FCN(depths, hasHead: $0.integer("aux") == 1, classes: $0.classes) }
  }
}
