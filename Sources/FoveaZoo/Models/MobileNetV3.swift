public import FoveaLayers

/// MobileNet v3: Howard et al. 2019, "Searching for MobileNetV3", tables 1 and 2. Input 224×224×3.
///
/// Layers are called as in torchvision.
public struct MobileNetV3: Model {
  public enum Size: Hashable, Sendable { case small, large }

  /// Whose way of scaling channels; they agree at width 1.
  public enum Scaling: String, Hashable, Sendable, CaseIterable {
    /// All channels.
    case torchvision
    /// What blocks give; the channels in between are a multiple of what comes in. Below 0.75 the first convolution keeps its
    /// channels, and the last ones always do.
    case timm
    /// As timm, but the first convolution never has other channels, and the last ones only more.
    case keras
  }

  public var size: Size
  public var width: Double
  public var scaling: Scaling
  public var padding: WindowPadding
  /// What batch normalisation adds to variances: TensorFlow's and torchvision's 1e-3, timm's 1e-5.
  public var epsilon: Float
  public var classes: Int

  public init(
    _ size: Size = .large, width: Double = 1, scaling: Scaling = .torchvision, padding: WindowPadding = .symmetric,
    epsilon: Float = 1e-3, classes: Int = 1000
  ) {
    (self.size, self.width, self.scaling, self.padding) = (size, width, scaling, padding)
    (self.epsilon, self.classes) = (epsilon, classes)
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

  /// The filters of the first convolution.
  private var stem: Int {
    switch scaling {
    case .torchvision: scaled(16)
    case .timm: width < 0.75 ? 16 : scaled(16)
    case .keras: 16
    }
  }

  /// The filters of the last convolution, and the units behind it.
  private var head: (filters: Int, units: Int) {
    let (filters, units) = (6 * rows.last!.2, size == .large ? 1280 : 1024)
    let multiple = 6 * scaled(rows.last!.2)
    return switch scaling {
    case .torchvision: (multiple, scaled(units))
    case .timm: (scaled(filters), units)
    case .keras: (multiple, width > 1 ? scaled(units) : units)
    }
  }

  private var blocks: [Bottleneck] {
    var (channels, unscaled) = (stem, 16)
    return rows.map { kernel, expanded, output, isGated, isSwish, strides in
      defer { (channels, unscaled) = (scaled(output), output) }
      let between =
        scaling == .torchvision
        ? scaled(expanded) : divisibleBy8(Double(channels) * (Double(expanded) / Double(unscaled)))
      return Bottleneck(
        input: channels, expanded: between, output: scaled(output), kernel: Size2D(kernel), strides: strides,
        isGated: isGated, padding: padding, epsilon: epsilon, activation: isSwish ? .hardSwish : .relu)
    }
  }

  public var body: Sequential {
    Sequential {
      norm(stem, kernel: 3, strides: 2, padding: padding.first, .hardSwish).named("0")
      for (index, block) in blocks.enumerated() { block.named("\(index + 1)") }
      norm(head.filters, kernel: 1, .hardSwish).named("\(blocks.count + 1)")
    }.named("features")
    GlobalAveragePool2D()
    Sequential {
      Dense(head.units, activation: .hardSwish, initializer: .normal(deviation: 0.01)).named("0")
      Dropout(0.2)
      Dense(classes, initializer: .normal(deviation: 0.01)).named("3")
    }.named("classifier")
  }

  private func norm(
    _ filters: Int, kernel: Size2D, strides: Size2D = 1, padding: WindowPadding = .symmetric, _ activation: Activation
  ) -> ConvNorm {
    ConvNorm(
      filters, kernel: kernel, strides: strides, epsilon: epsilon, momentum: 0.99, padding: padding,
      activation: activation)
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
  var padding: WindowPadding
  var epsilon: Float
  var activation: Activation

  private var layers: [any Layer] {
    func norm(
      _ filters: Int, kernel: Size2D, strides: Size2D = 1, isDepthwise: Bool = false, _ activation: Activation?
    ) -> ConvNorm {
      ConvNorm(
        filters, kernel: kernel, strides: strides, isDepthwise: isDepthwise, epsilon: epsilon, momentum: 0.99,
        padding: padding, activation: activation)
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
  private static func paths(_ size: Size) -> [[InvertedResidualPaths]] {
    var (stages, channels) = ([[InvertedResidualPaths]](), 0)
    for (index, row) in MobileNetV3(size).rows.enumerated() {
      let block = InvertedResidualPaths(
        block: "features.\(index + 1).block", isExpanded: index > 0, isGated: row.3)
      if row.2 == channels { stages[stages.count - 1].append(block) } else { stages.append([block]) }
      channels = row.2
    }
    return stages
  }

  private static func timmNames(_ stages: [[InvertedResidualPaths]]) -> TimmNames {
    var names = TimmNames(stem: "features.0", stages: stages)
    let (own, theirs) = ("features.\(stages.reduce(1) { $0 + $1.count })", "blocks.\(stages.count).0")
    (names[theirs + ".conv"], names[theirs + ".bn1"]) = (own + ".0", own + ".1")
    (names["conv_head"], names["classifier"]) = ("classifier.0", "classifier.3")
    return names
  }

  static let entries = [("mobilenet-v3", Size.large, ["mobilenet-v3-large"]), ("mobilenet-v3-small", .small, [])].map {
    name, size, aliases in
    let paths = paths(size)
    let timm = timmNames(paths)
    return CatalogueEntry(
      name, aliases: aliases, 2019, "Howard et al., Searching for MobileNetV3", input: [224, 224, 3], classes: 1000,
      options: [
        ModelOption("width", "by what all channels are multiplied", .number(1, 0.05...4)),
        ModelOption(
          "scaling", "whose way of scaling channels by another width", .choice(Scaling.allCases.map(\.rawValue))),
        .padding(.symmetric, .same, .even),
        ModelOption("epsilon", "what is added to variances; timm has 1e-5", .number(1e-3, 1e-8...1)),
      ],
      otherNames: [{ timm.ours($0) }],
      told: { names in
        names.contains { $0.hasSuffix("conv_stem.weight") } ? ["epsilon": "1e-5", "scaling": "timm"] : [:]
      },
      keras: { .mobileNetV3(paths) }
    ) {
      MobileNetV3(
        size, width: $0.number("width"), scaling: Scaling(rawValue: $0.choice("scaling")) ?? .torchvision,
        padding: $0.padding, epsilon: Float($0.number("epsilon")), classes: $0.classes)
    }
  }
}
