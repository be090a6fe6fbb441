public import FoveaLayers

/// VGG: Simonyan & Zisserman 2015, "Very Deep Convolutional Networks for Large-Scale Image Recognition", table 1. Input
/// 224×224×3.
///
/// Five stages of 3×3 convolutions, each ending in max pooling, and three dense layers. Layers are called as in
/// torchvision, whose variants with batch normalisation (`-bn`) the paper has not; A-LRN and C, which torchvision has
/// not, are numbered in the same way.
public struct VGG: Model {
  /// What follows the convolutions.
  public enum Normalization: Hashable, Sendable {
    case none
    /// Batch normalisation after each.
    case batch
    /// Local response normalisation after the first one and its rectifier: the paper's A-LRN.
    case localResponse
  }

  /// The convolutions of each stage.
  public var depths: [Int]
  public var normalization: Normalization
  /// Whether the third convolution of a stage is 1×1, as in the paper's configuration C.
  public var hasPointwiseThird: Bool
  public var classes: Int

  public init(
    _ depths: [Int], _ normalization: Normalization = .none, hasPointwiseThird: Bool = false, classes: Int = 1000
  ) {
    (self.depths, self.normalization) = (depths, normalization)
    (self.hasPointwiseThird, self.classes) = (hasPointwiseThird, classes)
  }

  public var body: Sequential {
    numbered {
      for (stage, depth) in depths.enumerated() {
        for index in 0..<depth {
          convolution(min(64 << stage, 512), kernel: hasPointwiseThird && index == 2 ? 1 : 3)
          if normalization == .batch { BatchNorm() }
          ReLU()
          if normalization == .localResponse && stage == 0 && index == 0 { LocalResponseNorm() }
        }
        MaxPool2D(2)
      }
    }.named("features")
    AdaptiveAveragePool2D(7).named("avgpool")
    Flatten()
    numbered {
      for _ in 0..<2 {
        Dense(4096, initializer: .normal(deviation: 0.01))
        ReLU()
        Dropout(0.5)
      }
      Dense(classes, initializer: .normal(deviation: 0.01))
    }.named("classifier")
  }

  private func convolution(_ filters: Int, kernel: Int) -> Conv2D {
    Conv2D(
      filters: filters, kernel: Size2D(kernel, kernel), padding: .explicit(kernel / 2), initializer: .heNormalFanOut)
  }
}

extension VGG {
  /// timm begins the dense layers with a convolution as large as the image.
  private static let timm: TimmNames = {
    var names = TimmNames()
    (names["pre_logits.fc1"], names["pre_logits.fc2"], names["head.fc"]) = (
      "classifier.0", "classifier.3", "classifier.6"
    )
    return names
  }()

  static let entries = [
    ("vgg11", [], [1, 1, 2, 2, 2], Normalization.none, false), ("vgg11-bn", [], [1, 1, 2, 2, 2], .batch, false),
    ("vgg11-lrn", [], [1, 1, 2, 2, 2], .localResponse, false), ("vgg13", [], [2, 2, 2, 2, 2], .none, false),
    ("vgg13-bn", [], [2, 2, 2, 2, 2], .batch, false), ("vgg16", ["t14"], [2, 2, 3, 3, 3], .none, false),
    ("vgg16-bn", [], [2, 2, 3, 3, 3], .batch, false), ("vgg16-c", [], [2, 2, 3, 3, 3], .none, true),
    ("vgg19", [], [2, 2, 4, 4, 4], .none, false), ("vgg19-bn", [], [2, 2, 4, 4, 4], .batch, false),
  ].map { name, aliases, depths, normalization, hasPointwiseThird in
    CatalogueEntry(
      name, aliases: aliases, 2015,
      "Simonyan & Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition",
      input: [224, 224, 3], classes: 1000, otherNames: [{ VGG.timm.ours($0) }],
      keras: { .vgg(depths: depths) }
    ) { VGG(depths, normalization, hasPointwiseThird: hasPointwiseThird, classes: $0.classes) }
  }
}
