public import FoveaLayers

/// ResNet for ImageNet: He et al. 2015, "Deep Residual Learning for Image Recognition", table 1; ResNeXt: Xie et al.
/// 2017, "Aggregated Residual Transformations for Deep Neural Networks", table 1; wide ResNet: Zagoruyko & Komodakis
/// 2016, "Wide Residual Networks", table 8. Input 224×224×3.
///
/// Differs from the first paper: where a bottleneck halves height and width, its 3×3 convolution has the stride, not the
/// 1×1 before it; `strided` 1 is as in the paper and in Keras. Layers are called as in torchvision.
public struct ResNet: Model {
  public enum Unit: Hashable, Sendable {
    /// 3×3, 3×3.
    case basic
    /// 1×1, 3×3, 1×1 to four times the channels.
    case bottleneck
  }

  /// The residual units of each stage.
  public var depths: [Int]
  public var unit: Unit
  /// How many paths side by side the 3×3 of a bottleneck is: the cardinality.
  public var paths: Int
  /// The channels of a path in the first stage.
  public var pathWidth: Int
  /// Which convolution of a bottleneck has the stride: the first or the second.
  public var strided: Int
  /// How many of the last stages keep height and width, the windows of their bottlenecks dilated instead.
  public var dilatedStages: Int
  public var classes: Int

  public init(
    _ depths: [Int], _ unit: Unit, paths: Int = 1, pathWidth: Int = 64, strided: Int = 2, dilatedStages: Int = 0,
    classes: Int = 1000
  ) {
    (self.depths, self.unit, self.paths, self.pathWidth) = (depths, unit, paths, pathWidth)
    (self.strided, self.dilatedStages, self.classes) = (strided, dilatedStages, classes)
  }

  public var body: Sequential {
    features()
    GlobalAveragePool2D().named("avgpool")
    Dense(classes).named("fc")
  }

  /// What comes before the mean of the maps; the last layers of it are the stages.
  ///
  /// - Parameter prefix: what the names of its layers begin with.
  func features(prefix: String = "") -> Sequential {
    Sequential {
      Conv2D(filters: 64, kernel: 7, strides: 2, padding: .explicit(3), bias: false, initializer: .heNormalFanOut)
        .named(prefix + "conv1")
      BatchNorm().named(prefix + "bn1")
      ReLU()
      MaxPool2D(3, strides: 2, padding: .explicit(1)).named(prefix + "maxpool")
      for (stage, depth) in depths.enumerated() {
        Sequential {
          for index in 0..<depth { unit(stage: stage, isFirst: index == 0).named("\(index)") }
        }.named(prefix + "layer\(stage + 1)")
      }
    }
  }

  private func unit(stage: Int, isFirst: Bool) -> ResidualUnit {
    let width = 64 << stage
    // How many stages up to this one had their stride replaced. Its first unit still sees what the one before gave.
    let replaced = max(0, stage + 1 + dilatedStages - depths.count)
    let dilation = 1 << (isFirst ? max(0, replaced - 1) : replaced)
    return ResidualUnit(
      hasBottleneck: unit == .bottleneck, middle: unit == .bottleneck ? width * pathWidth / 64 * paths : width,
      filters: unit == .bottleneck ? 4 * width : width, paths: paths,
      strides: isFirst && stage > 0 && replaced == 0 ? 2 : 1, strided: strided, dilation: dilation,
      // The first stage of a plain ResNet changes nothing that would need a projection.
      isProjected: isFirst && (unit == .bottleneck || stage > 0))
  }
}

/// Two or three convolutions, and a shortcut with a 1×1 projection where the shape changes.
private struct ResidualUnit: Model {
  var hasBottleneck: Bool
  var middle: Int
  var filters: Int
  var paths: Int
  var strides: Size2D
  var strided: Int
  /// Of the 3×3 of a bottleneck.
  var dilation: Int
  var isProjected: Bool

  var body: Sequential {
    Residual(activation: .relu) {
      if hasBottleneck {
        convolution(middle, 1, strides: strided == 1 ? strides : 1).named("conv1")
        BatchNorm().named("bn1")
        ReLU()
        convolution(middle, 3, strides: strided == 1 ? 1 : strides, dilation: dilation, groups: paths).named("conv2")
        BatchNorm().named("bn2")
        ReLU()
        convolution(filters, 1).named("conv3")
        BatchNorm().named("bn3")
      } else {
        convolution(middle, 3, strides: strides).named("conv1")
        BatchNorm().named("bn1")
        ReLU()
        convolution(filters, 3).named("conv2")
        BatchNorm().named("bn2")
      }
    } shortcut: {
      if isProjected {
        Sequential {
          convolution(filters, 1, strides: strides).named("0")
          BatchNorm().named("1")
        }.named("downsample")
      }
    }
  }

  private func convolution(
    _ filters: Int, _ kernel: Int, strides: Size2D = 1, dilation: Int = 1, groups: Int = 1
  ) -> Conv2D {
    Conv2D(
      filters: filters, kernel: Size2D(kernel), strides: strides, dilation: Size2D(dilation), groups: groups,
      padding: .explicit(kernel / 2 * dilation), bias: false, initializer: .heNormalFanOut)
  }
}

extension Initializer {
  /// Normal, deviation √(2 / fan-out): torchvision's for convolutions before a normalisation.
  static let heNormalFanOut = Initializer.varianceScaling(scale: 2, .out, .normal)
}

extension ResNet {
  static let entries = plain + aggregated + wide

  private static let paper = "He et al., Deep Residual Learning for Image Recognition"

  private static let plain =
    [("resnet18", ["t16"], [2, 2, 2, 2]), ("resnet34", [], [3, 4, 6, 3])].map { name, aliases, depths in
      CatalogueEntry(name, aliases: aliases, 2015, paper, input: [224, 224, 3], classes: 1000) {
        ResNet(depths, .basic, classes: $0.classes)
      }
    }
    + [("resnet50", [3, 4, 6, 3]), ("resnet101", [3, 4, 23, 3]), ("resnet152", [3, 8, 36, 3])].map { name, depths in
      CatalogueEntry(
        name, 2015, paper, input: [224, 224, 3], classes: 1000,
        options: [ModelOption("strided", "which convolution of a unit has the stride, in Keras 1", .integer(2, 1...2))],
        keras: { .resNet(depths: depths) }
      ) { ResNet(depths, .bottleneck, strided: $0.integer("strided"), classes: $0.classes) }
    }

  private static let aggregated = [
    ("resnext50-32x4d", ["t20"], [3, 4, 6, 3], 32, 4), ("resnext101-32x8d", [], [3, 4, 23, 3], 32, 8),
    ("resnext101-64x4d", [], [3, 4, 23, 3], 64, 4),
  ].map { name, aliases, depths, paths, width in
    CatalogueEntry(
      name, aliases: aliases, 2017, "Xie et al., Aggregated Residual Transformations for Deep Neural Networks",
      input: [224, 224, 3], classes: 1000
    ) { ResNet(depths, .bottleneck, paths: paths, pathWidth: width, classes: $0.classes) }
  }

  private static let wide = [("wide-resnet50-2", [3, 4, 6, 3]), ("wide-resnet101-2", [3, 4, 23, 3])].map {
    name, depths in
    CatalogueEntry(
      name, 2016, "Zagoruyko & Komodakis, Wide Residual Networks", input: [224, 224, 3], classes: 1000
    ) { ResNet(depths, .bottleneck, pathWidth: 128, classes: $0.classes) }
  }
}
