public import FoveaLayers

/// MobileNet v3: Howard et al. 2019, "Searching for MobileNetV3", tables 1 and 2. Input 224×224×3.
///
/// Layers are called as in torchvision.
public struct MobileNetV3: Model {
  public enum Size: Hashable, Sendable { case small, large }

  public var size: Size
  public var width: Double
  /// What batch normalisation adds to variances: TensorFlow's and torchvision's 1e-3, timm's 1e-5.
  public var epsilon: Float
  public var classes: Int

  public init(_ size: Size = .large, width: Double = 1, epsilon: Float = 1e-3, classes: Int = 1000) {
    (self.size, self.width, self.epsilon, self.classes) = (size, width, epsilon, classes)
  }

  /// Kernel, channels in between, channels that come out, whether channels are weighed, whether the function is hard
  /// swish, stride.
  private var rows: [(Int, Int, Int, Bool, Bool, Int)] {
    switch size {
    case .large:
      [
        (3, 16, 16, false, false, 1), (3, 64, 24, false, false, 2), (3, 72, 24, false, false, 1),
        (5, 72, 40, true, false, 2), (5, 120, 40, true, false, 1), (5, 120, 40, true, false, 1),
        (3, 240, 80, false, true, 2), (3, 200, 80, false, true, 1), (3, 184, 80, false, true, 1),
        (3, 184, 80, false, true, 1), (3, 480, 112, true, true, 1), (3, 672, 112, true, true, 1),
        (5, 672, 160, true, true, 2), (5, 960, 160, true, true, 1), (5, 960, 160, true, true, 1),
      ]
    case .small:
      [
        (3, 16, 16, true, false, 2), (3, 72, 24, false, false, 2), (3, 88, 24, false, false, 1),
        (5, 96, 40, true, true, 2), (5, 240, 40, true, true, 1), (5, 240, 40, true, true, 1),
        (5, 120, 48, true, true, 1), (5, 144, 48, true, true, 1), (5, 288, 96, true, true, 2),
        (5, 576, 96, true, true, 1), (5, 576, 96, true, true, 1),
      ]
    }
  }

  private func scaled(_ channels: Int) -> Int { divisibleBy8(Double(channels) * width) }

  private var blocks: [Bottleneck] {
    var channels = scaled(16)
    return rows.map { kernel, expanded, output, isGated, isSwish, strides in
      defer { channels = scaled(output) }
      return Bottleneck(
        input: channels, expanded: scaled(expanded), output: scaled(output), kernel: Size2D(kernel), strides: strides,
        isGated: isGated, epsilon: epsilon, activation: isSwish ? .hardSwish : .relu)
    }
  }

  public var body: Sequential {
    Sequential {
      norm(scaled(16), kernel: 3, strides: 2, .hardSwish).named("0")
      for (index, block) in blocks.enumerated() { block.named("\(index + 1)") }
      norm(6 * blocks.last!.output, kernel: 1, .hardSwish).named("\(blocks.count + 1)")
    }.named("features")
    GlobalAveragePool2D()
    Sequential {
      Dense(scaled(size == .large ? 1280 : 1024), activation: .hardSwish, initializer: .normal(deviation: 0.01)).named(
        "0")
      Dropout(0.2)
      Dense(classes, initializer: .normal(deviation: 0.01)).named("3")
    }.named("classifier")
  }

  private func norm(_ filters: Int, kernel: Size2D, strides: Size2D = 1, _ activation: Activation) -> ConvNorm {
    ConvNorm(filters, kernel: kernel, strides: strides, epsilon: epsilon, momentum: 0.99, activation: activation)
  }
}

/// MobileNet v2's block, with a gate for the channels.
private struct Bottleneck: Model {
  var input: Int
  var expanded: Int
  var output: Int
  var kernel: Size2D
  var strides: Int
  var isGated: Bool
  var epsilon: Float
  var activation: Activation

  private var layers: [any Layer] {
    func norm(
      _ filters: Int, kernel: Size2D, strides: Size2D = 1, isDepthwise: Bool = false, _ activation: Activation?
    ) -> ConvNorm {
      ConvNorm(
        filters, kernel: kernel, strides: strides, isDepthwise: isDepthwise, epsilon: epsilon, momentum: 0.99,
        activation: activation)
    }
    var layers: [any Layer] = []
    if expanded != input { layers.append(norm(expanded, kernel: 1, activation)) }
    layers.append(norm(expanded, kernel: kernel, strides: Size2D(strides), isDepthwise: true, activation))
    if isGated {
      layers.append(
        ChannelGate(units: divisibleBy8(Double(expanded / 4)), activation: .relu, gate: .hardSigmoid))
    }
    layers.append(norm(output, kernel: 1, nil))
    return layers
  }

  @LayerBuilder private var block: Sequential {
    for (index, layer) in layers.enumerated() { layer.called("\(index)") }
  }

  var body: Sequential {
    if strides == 1, input == output {
      Residual { block.named("block") }
    } else {
      block.named("block")
    }
  }
}

extension MobileNetV3 {
  /// timm's stages are the blocks that give as many channels.
  private static func timmNames(_ size: Size) -> TimmNames {
    var (stages, channels, position) = ([[TimmNames.Block]](), 0, 0)
    for row in MobileNetV3(size).rows {
      position += 1
      let block = TimmNames.Block(
        path: "features.\(position).block", isExpanded: position > 1, isGated: row.3)
      if row.2 == channels { stages[stages.count - 1].append(block) } else { stages.append([block]) }
      channels = row.2
    }
    var names = TimmNames(stem: "features.0", stages: stages)
    (names["blocks.\(stages.count).0.conv"], names["blocks.\(stages.count).0.bn1"]) = (
      "features.\(position + 1).0", "features.\(position + 1).1"
    )
    (names["conv_head"], names["classifier"]) = ("classifier.0", "classifier.3")
    return names
  }

  static let entries = [("mobilenet-v3", Size.large, ["mobilenet-v3-large"]), ("mobilenet-v3-small", .small, [])].map {
    name, size, aliases in
    let timm = timmNames(size)
    return CatalogueEntry(
      name, aliases: aliases, 2019, "Howard et al., Searching for MobileNetV3", input: [224, 224, 3], classes: 1000,
      options: [
        ModelOption("width", "by what all channels are multiplied", .number(1, 0.05...4)),
        ModelOption("epsilon", "what is added to variances; timm has 1e-5", .number(1e-3, 1e-8...1)),
      ],
      otherNames: [{ timm.ours($0) }],
      told: { names in names.contains { $0.hasSuffix("conv_stem.weight") } ? ("epsilon", "1e-5") : nil },
      keras: { _ in .paddedElsewhere("expanded_conv/depthwise", "expanded_conv_depthwise") }
    ) {
      MobileNetV3(
        size, width: $0.number("width"), epsilon: Float($0.number("epsilon")), classes: $0.classes)
    }
  }
}
