public import FoveaLayers

/// EfficientNet-B0: Tan & Le 2019, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", table 1.
/// Input 224×224×3.
///
/// Layers are called as in torchvision.
public struct EfficientNet: Model {
  public var padding: WindowPadding
  /// What batch normalisation adds to variances; TensorFlow's is 1e-3.
  public var epsilon: Float
  public var classes: Int

  public init(padding: WindowPadding = .symmetric, epsilon: Float = 1e-5, classes: Int = 1000) {
    (self.padding, self.epsilon, self.classes) = (padding, epsilon, classes)
  }

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
          strides: index == 0 ? strides : 1, padding: padding, epsilon: epsilon,
          dropRate: 0.2 * Float(position) / Float(total))
      }
    }
  }

  public var body: Sequential {
    Sequential {
      ConvNorm(32, kernel: 3, strides: 2, epsilon: epsilon, padding: padding, activation: .silu).named("0")
      for (stage, blocks) in stages.enumerated() {
        Sequential {
          for (index, block) in blocks.enumerated() { block.named("\(index)") }
        }.named("\(stage + 1)")
      }
      ConvNorm(1280, kernel: 1, epsilon: epsilon, activation: .silu).named("8")
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
  var padding: WindowPadding
  var epsilon: Float
  /// How often an example skips the block in training.
  var dropRate: Float

  private var layers: [any Layer] {
    let expanded = input * expansion
    var layers: [any Layer] = expansion == 1 ? [] : [ConvNorm(expanded, kernel: 1, epsilon: epsilon, activation: .silu)]
    layers += [
      ConvNorm(
        expanded, kernel: kernel, strides: Size2D(strides), isDepthwise: true, epsilon: epsilon, padding: padding,
        activation: .silu),
      ChannelGate(units: max(1, input / 4), activation: .silu, gate: .sigmoid),
      ConvNorm(output, kernel: 1, epsilon: epsilon),
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
  private static let paths = stages.enumerated().map { stage, row in
    (0..<row.4).map { index in
      InvertedResidualPaths(block: "features.\(stage + 1).\(index).block", isExpanded: row.0 > 1, isGated: true)
    }
  }

  private static let timm: TimmNames = {
    var names = TimmNames(stem: "features.0", stages: paths)
    (names["conv_head"], names["bn2"]) = ("features.8.0", "features.8.1")
    names["classifier"] = "classifier.1"
    return names
  }()

  static let entries = [
    CatalogueEntry(
      "efficientnet-b0", 2019, "Tan & Le, EfficientNet", input: [224, 224, 3], classes: 1000,
      options: [
        .padding(.symmetric, .same),
        ModelOption("epsilon", "what is added to variances; TensorFlow has 1e-3", .number(1e-5, 1e-8...1)),
      ], otherNames: [{ EfficientNet.timm.ours($0) }],
      keras: { .efficientNet(EfficientNet.paths) }
    ) { EfficientNet(padding: $0.padding, epsilon: Float($0.number("epsilon")), classes: $0.classes) }
  ]
}
