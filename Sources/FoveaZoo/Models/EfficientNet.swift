public import FoveaLayers

/// EfficientNet-B0: Tan & Le 2019, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", table 1.
/// Input 224×224×3.
///
/// Layers are called as in torchvision.
public struct EfficientNet: Model {
  public var classes: Int

  public init(classes: Int = 1000) { self.classes = classes }

  /// Expansion, kernel, stride of the first block, channels, blocks.
  private static let stages = [
    (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
  ]

  private var stages: [[MBConv]] {
    var (channels, position) = (32, 0)
    let total = Self.stages.reduce(0) { $0 + $1.4 }
    return Self.stages.map { expansion, kernel, strides, filters, count in
      (0..<count).map { index in
        defer { (channels, position) = (filters, position + 1) }
        return MBConv(
          input: channels, expansion: expansion, output: filters, kernel: Size2D(kernel),
          strides: index == 0 ? strides : 1, dropRate: 0.2 * Float(position) / Float(total))
      }
    }
  }

  public var body: Sequential {
    Sequential {
      ConvNorm(32, kernel: 3, strides: 2, activation: .silu).named("0")
      for (stage, blocks) in stages.enumerated() {
        Sequential {
          for (index, block) in blocks.enumerated() { block.named("\(index)") }
        }.named("\(stage + 1)")
      }
      ConvNorm(1280, kernel: 1, activation: .silu).named("8")
    }.named("features")
    GlobalAveragePool2D()
    Sequential {
      Dropout(0.2)
      Dense(classes, initializer: .varianceScaling(scale: 1.0 / 3, .out, .uniform)).named("1")
    }.named("classifier")
  }
}

/// More channels, a depthwise convolution, a gate, fewer channels; a block in the middle of a stage adds its input.
private struct MBConv: Model {
  var input: Int
  var expansion: Int
  var output: Int
  var kernel: Size2D
  var strides: Int
  /// How often an example skips the block in training.
  var dropRate: Float

  private var layers: [any Layer] {
    let expanded = input * expansion
    var layers: [any Layer] = expansion == 1 ? [] : [ConvNorm(expanded, kernel: 1, activation: .silu)]
    layers += [
      ConvNorm(expanded, kernel: kernel, strides: Size2D(strides), isDepthwise: true, activation: .silu),
      ChannelGate(units: max(1, input / 4), activation: .silu, gate: .sigmoid), ConvNorm(output, kernel: 1),
    ]
    return layers
  }

  @LayerBuilder private var block: Sequential {
    for (index, layer) in layers.enumerated() { layer.called("\(index)") }
  }

  var body: Sequential {
    if strides == 1, input == output {
      Residual {
        block.named("block")
        StochasticDepth(dropRate)
      }
    } else {
      block.named("block")
    }
  }
}

extension EfficientNet {
  private static let timm: TimmNames = {
    let blocks = stages.enumerated().map { stage, row in
      (0..<row.4).map { index in
        TimmNames.Block(path: "features.\(stage + 1).\(index).block", isExpanded: row.0 > 1, isGated: true)
      }
    }
    var names = TimmNames(stem: "features.0", stages: blocks)
    (names["conv_head"], names["bn2"]) = ("features.8.0", "features.8.1")
    names["classifier"] = "classifier.1"
    return names
  }()

  static let entries = [
    CatalogueEntry(
      "efficientnet-b0", 2019, "Tan & Le, EfficientNet", input: [224, 224, 3], classes: 1000,
      otherNames: [{ EfficientNet.timm.ours($0) }],
      keras: { _ in .paddedElsewhere("block1a_dwconv") }
    ) { EfficientNet(classes: $0.classes) }
  ]
}
