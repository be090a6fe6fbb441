public import FoveaLayers

/// SqueezeNet: Iandola et al. 2016, "SqueezeNet: AlexNet-Level Accuracy with 50x Fewer Parameters". Input 224×224×3.
///
/// The later version, 1.1, is the authors' own, with a smaller first convolution and earlier pooling. Layers are called as in
/// torchvision. The authors' own Caffe model pads the last convolution by 1, torchvision's does not.
public struct SqueezeNet: Model {
  public enum Version: Hashable, Sendable { case original, later }

  public var version: Version
  public var classes: Int
  /// The zeros around the last convolution.
  public var lastPadding: Int

  public init(_ version: Version, classes: Int = 1000, lastPadding: Int = 0) {
    (self.version, self.classes, self.lastPadding) = (version, classes, lastPadding)
  }

  /// The filters of the squeezing convolution and of each expanding one; `nil` for a pooling.
  private var fires: [(squeeze: Int, expand: Int)?] {
    switch version {
    case .original: [(16, 64), (16, 64), (32, 128), nil, (32, 128), (48, 192), (48, 192), (64, 256), nil, (64, 256)]
    case .later: [(16, 64), (16, 64), nil, (32, 128), (32, 128), nil, (48, 192), (48, 192), (64, 256), (64, 256)]
    }
  }

  public var body: Sequential {
    Sequential {
      Conv2D(
        filters: version == .original ? 96 : 64, kernel: version == .original ? 7 : 3, strides: 2, activation: .relu,
        initializer: .heUniform
      ).named("0")
      MaxPool2D(3, strides: 2, roundsUp: true)
      for (index, fire) in fires.enumerated() {
        if let fire {
          Fire(squeeze: fire.squeeze, expand: fire.expand).named("\(index + 3)")
        } else {
          MaxPool2D(3, strides: 2, roundsUp: true)
        }
      }
    }.named("features")
    Sequential {
      Dropout(0.5)
      Conv2D(
        filters: classes, kernel: 1, padding: .explicit(lastPadding), activation: .relu,
        initializer: .normal(deviation: 0.01)
      ).named("1")
    }.named("classifier")
    GlobalAveragePool2D()
  }
}

/// A few 1×1 convolutions, and more of 1×1 and 3×3 on their results, side by side.
struct Fire: Model {
  var squeeze: Int
  /// Of each size.
  var expand: Int

  var body: Sequential {
    convolution(squeeze, kernel: 1).named("squeeze")
    Concatenate {
      convolution(expand, kernel: 1).named("expand1x1")
      convolution(expand, kernel: 3).named("expand3x3")
    }
  }

  private func convolution(_ filters: Int, kernel: Size2D) -> Conv2D {
    Conv2D(filters: filters, kernel: kernel, padding: .same, activation: .relu, initializer: .heUniform)
  }
}

extension SqueezeNet {
  static let entries = [("squeezenet1.0", Version.original), ("squeezenet1.1", .later)].map { name, version in
    CatalogueEntry(
      name, 2016, "Iandola et al., SqueezeNet", input: [224, 224, 3], classes: 1000,
      options: [ModelOption("padding", "zeros around the last convolution; 1 in Caffe's", .integer(0, 0...1))]
    ) { SqueezeNet(version, classes: $0.classes, lastPadding: $0.integer("padding")) }
  }
}
