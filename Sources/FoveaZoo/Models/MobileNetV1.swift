public import FoveaLayers

/// MobileNet v1: Howard et al. 2017, "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
/// Applications", table 1. Input 224×224×3.
///
/// A 3×3 convolution, 13 pairs of a depthwise and a 1×1 convolution, each with batch normalisation and ReLU6. `width`
/// scales all channels, as α in §3.3. Layers are called as in timm's `mobilenetv1_100`, whose padding is symmetric;
/// the authors' is TensorFlow's. A file of weights with timm's names gets timm's padding, unless `padding=same` is said.
public struct MobileNetV1: Model {
  public var width: Double
  public var classes: Int
  /// Of the 3×3 convolutions.
  public var padding: WindowPadding

  public init(width: Double = 1, classes: Int = 1000, padding: WindowPadding = .same) {
    (self.width, self.classes, self.padding) = (width, classes, padding)
  }

  /// The filters of the 1×1 convolutions, stage by stage; every stage but the first begins with stride 2.
  private static let stages = [[64], [128, 128], [256, 256], [512, 512, 512, 512, 512, 512], [1024, 1024]]

  public var body: Sequential {
    Conv2D(
      filters: scaled(32), kernel: 3, strides: 2, padding: padding.first.around(3), bias: false, initializer: .heNormal
    )
    .named("conv_stem")
    BatchNorm().named("bn1")
    ReLU6()
    Sequential {
      for (stage, filters) in Self.stages.enumerated() {
        Sequential {
          for (index, count) in filters.enumerated() {
            Sequential {
              depthwise(strides: stage > 0 && index == 0 ? 2 : 1).named("conv_dw")
              BatchNorm().named("bn1")
              ReLU6()
              Conv2D(filters: scaled(count), kernel: 1, bias: false, initializer: .heNormal).named("conv_pw")
              BatchNorm().named("bn2")
              ReLU6()
            }.named("\(index)")
          }
        }.named("\(stage)")
      }
    }.named("blocks")
    GlobalAveragePool2D()
    Dense(classes).named("classifier")
  }

  private func depthwise(strides: Size2D) -> DepthwiseConv2D {
    DepthwiseConv2D(
      kernel: 3, strides: strides, padding: padding.around(3, strides: strides), bias: false, initializer: .heNormal)
  }

  private func scaled(_ filters: Int) -> Int { max(8, Int((Double(filters) * width).rounded())) }

  /// `conv0`, `dw1`, `pw1`, …, `fc`: the names of files made from TensorFlow's.
  static func fromNumbered(_ name: String) -> String {
    guard let dot = name.firstIndex(of: ".") else { return name }
    let (layer, leaf) = (name[..<dot], name[dot...])
    switch layer {
    case "conv0": return "conv_stem" + leaf
    case "fc": return "classifier" + leaf
    default:
      guard let number = Int(layer.dropFirst(2)), number >= 1, ["dw", "pw"].contains(layer.prefix(2)) else {
        return name
      }
      var index = number - 1
      for (stage, filters) in stages.enumerated() {
        if index < filters.count { return "blocks.\(stage).\(index).conv_\(layer.prefix(2))" + leaf }
        index -= filters.count
      }
      return name
    }
  }
}

extension MobileNetV1 {
  static let entries = [
    CatalogueEntry(
      "mobilenet-v1", 2017, "Howard et al., MobileNets", input: [224, 224, 3], classes: 1000,
      options: [
        ModelOption("width", "by what all channels are multiplied", .number(1, 0.05...4)),
        .padding(.same, .symmetric, .even),
      ],
      otherNames: [{ MobileNetV1.fromNumbered($0) }],
      preprocessing: "imagenet,mean=0.5,deviation=0.5",
      told: { names in names.contains { $0.hasSuffix("conv_stem.weight") } ? ["padding": "symmetric"] : [:] },
      keras: { .mobileNetV1(stages: MobileNetV1.stages.map(\.count)) }
    ) { MobileNetV1(width: $0.number("width"), classes: $0.classes, padding: $0.padding) }
  ]
}
