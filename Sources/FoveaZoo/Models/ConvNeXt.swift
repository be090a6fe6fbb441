public import FoveaLayers

/// ConvNeXt-T: Liu et al. 2022, "A ConvNet for the 2020s", §3 and table 9. Input 224×224×3.
///
/// Layers are called as in torchvision.
public struct ConvNeXt: Model {
  /// The blocks of each stage, and its channels.
  public var blocks: [Int]
  public var channels: [Int]
  public var classes: Int

  public init(blocks: [Int] = [3, 3, 9, 3], channels: [Int] = [96, 192, 384, 768], classes: Int = 1000) {
    (self.blocks, self.channels, self.classes) = (blocks, channels, classes)
  }

  public var body: Sequential {
    Sequential {
      Sequential {
        convolution(channels[0], 4).named("0")
        LayerNorm(epsilon: 1e-6).named("1")
      }.named("0")
      for (stage, count) in blocks.enumerated() {
        if stage > 0 {
          Sequential {
            LayerNorm(epsilon: 1e-6).named("0")
            convolution(channels[stage], 2).named("1")
          }.named("\(2 * stage)")
        }
        Sequential {
          for index in 0..<count {
            ConvNeXtBlock(dropRate: dropRate(stage: stage, index: index)).named("\(index)")
          }
        }.named("\(2 * stage + 1)")
      }
    }.named("features")
    GlobalAveragePool2D()
    Sequential {
      LayerNorm(epsilon: 1e-6).named("0")
      Dense(classes, initializer: .truncatedNormal(deviation: 0.02)).named("2")
    }.named("classifier")
  }

  private func convolution(_ filters: Int, _ size: Int) -> Conv2D {
    Conv2D(
      filters: filters, kernel: Size2D(size), strides: Size2D(size), initializer: .truncatedNormal(deviation: 0.02))
  }

  /// From 0 in the first block to 0.1 in the last.
  private func dropRate(stage: Int, index: Int) -> Float {
    0.1 * Float(blocks[..<stage].reduce(0, +) + index) / Float(max(blocks.reduce(0, +) - 1, 1))
  }
}

/// A 7×7 depthwise convolution and two dense layers at every position, scaled channel by channel and added to the input.
private struct ConvNeXtBlock: Layer {
  /// How often an example skips the block in training.
  var dropRate: Float

  func forward(_ x: Value) -> Value {
    let result = Sequential {
      DepthwiseConv2D(kernel: 7, padding: .explicit(3), initializer: .truncatedNormal(deviation: 0.02)).named("0")
      LayerNorm(epsilon: 1e-6).named("2")
      pointwise(4 * x.channels).named("3")
      GELU()
      pointwise(x.channels).named("5")
    }.named("block")(x)
    guard result.isValid else { return result }
    let scale = x.parameter("layer_scale", shape: [x.channels], .constant(1e-6))
    return x + StochasticDepth(dropRate)(result * scale)
  }

  /// A dense layer at every position.
  private func pointwise(_ filters: Int) -> Conv2D {
    Conv2D(filters: filters, kernel: 1, initializer: .truncatedNormal(deviation: 0.02))
  }
}

extension ConvNeXt {
  private static let timm: TimmNames = {
    var names = TimmNames()
    (names["stem.0"], names["stem.1"]) = ("features.0.0", "features.0.1")
    for (stage, count) in ConvNeXt().blocks.enumerated() {
      for part in 0..<(stage > 0 ? 2 : 0) {
        names["stages.\(stage).downsample.\(part)"] = "features.\(2 * stage).\(part)"
      }
      for index in 0..<count {
        let (place, own) = ("stages.\(stage).blocks.\(index)", "features.\(2 * stage + 1).\(index)")
        names["\(place).gamma"] = "\(own).layer_scale"
        for (part, number) in [("conv_dw", 0), ("norm", 2), ("mlp.fc1", 3), ("mlp.fc2", 5)] {
          names["\(place).\(part)"] = "\(own).block.\(number)"
        }
      }
    }
    (names["head.norm"], names["head.fc"]) = ("classifier.0", "classifier.2")
    return names
  }()

  static let entries = [
    CatalogueEntry(
      "convnext-tiny", 2022, "Liu et al., A ConvNet for the 2020s", input: [224, 224, 3], classes: 1000,
      otherNames: [{ ConvNeXt.timm.ours($0) }],
      keras: { .convNeXt(blocks: ConvNeXt().blocks, name: "convnext_tiny") }
    ) { ConvNeXt(classes: $0.classes) }
  ]
}
