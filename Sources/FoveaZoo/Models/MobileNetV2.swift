public import FoveaLayers

/// MobileNet v2: Sandler et al. 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks", table 2. Input 224×224×3.
///
/// Layers are called as in torchvision.
public struct MobileNetV2: Model {
  public var width: Double
  public var padding: WindowPadding
  public var classes: Int

  public init(width: Double = 1, padding: WindowPadding = .symmetric, classes: Int = 1000) {
    (self.width, self.padding, self.classes) = (width, padding, classes)
  }

  /// Expansion, channels, blocks and the stride of the first.
  private static let stages = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
  ]

  private var blocks: [InvertedResidual] {
    var (blocks, channels) = ([InvertedResidual](), divisibleBy8(32 * width))
    for (expansion, filters, count, strides) in Self.stages {
      for index in 0..<count {
        let output = divisibleBy8(Double(filters) * width)
        blocks.append(
          .init(
            input: channels, expanded: channels * expansion, output: output, kernel: 3,
            strides: index == 0 ? strides : 1, padding: padding, activation: .relu6))
        channels = output
      }
    }
    return blocks
  }

  public var body: Sequential {
    Sequential {
      ConvNorm(divisibleBy8(32 * width), kernel: 3, strides: 2, padding: padding.first, activation: .relu6).named("0")
      for (index, block) in blocks.enumerated() { block.named("\(index + 1)") }
      ConvNorm(divisibleBy8(1280 * max(1, width)), kernel: 1, activation: .relu6).named("\(blocks.count + 1)")
    }.named("features")
    GlobalAveragePool2D()
    Dropout(0.2)
    Sequential { Dense(classes, initializer: .normal(deviation: 0.01)).named("1") }.named("classifier")
  }
}

/// More channels, a depthwise convolution, fewer channels; the input is added where the shapes allow it.
private struct InvertedResidual: Model {
  var input: Int
  var expanded: Int
  var output: Int
  var kernel: Size2D
  var strides: Int
  var padding: WindowPadding
  var activation: Activation

  private var isExpanded: Bool { expanded != input }

  @LayerBuilder private var convolutions: Sequential {
    if isExpanded { ConvNorm(expanded, kernel: 1, activation: activation).named("0") }
    ConvNorm(
      expanded, kernel: kernel, strides: Size2D(strides), isDepthwise: true, padding: padding, activation: activation
    ).named(isExpanded ? "1" : "0")
    Conv2D(filters: output, kernel: 1, bias: false, initializer: .varianceScaling(scale: 2, .out, .normal))
      .named(isExpanded ? "2" : "1")
    BatchNorm().named(isExpanded ? "3" : "2")
  }

  var body: Sequential {
    if strides == 1, input == output {
      Residual { convolutions.named("conv") }
    } else {
      convolutions.named("conv")
    }
  }
}

extension MobileNetV2 {
  private static let paths: [[InvertedResidualPaths]] = {
    var position = 0
    return stages.enumerated().map { stage, row in
      (0..<row.2).map { _ in
        position += 1
        return InvertedResidualPaths(block: "features.\(position).conv", isExpanded: stage > 0, endsApart: true)
      }
    }
  }()

  private static let timm: TimmNames = {
    var names = TimmNames(stem: "features.0", stages: paths)
    let last = "features.\(paths.reduce(1) { $0 + $1.count })"
    (names["conv_head"], names["bn2"], names["classifier"]) = (last + ".0", last + ".1", "classifier.1")
    return names
  }()

  static let entries = [
    CatalogueEntry(
      "mobilenet-v2", 2018, "Sandler et al., MobileNetV2", input: [224, 224, 3], classes: 1000,
      options: [
        ModelOption("width", "by what all channels are multiplied", .number(1, 0.05...4)),
        .padding(.symmetric, .same, .even),
      ],
      otherNames: [{ MobileNetV2.timm.ours($0) }],
      keras: { .mobileNetV2(MobileNetV2.paths) }
    ) { MobileNetV2(width: $0.number("width"), padding: $0.padding, classes: $0.classes) }
  ]
}
