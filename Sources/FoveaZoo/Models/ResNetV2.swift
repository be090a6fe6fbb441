public import FoveaLayers

/// ResNet with the activation first: He et al. 2016, "Identity Mappings in Deep Residual Networks", fig. 4e. Input
/// 224×224×3.
///
/// Normalisation and rectifier come before each convolution, and nothing follows the sum, so that a number can pass all
/// units unchanged. Differs from the paper: the 3×3 convolution of a bottleneck has the stride; its authors publish
/// 50 layers and more. Layers are called as in timm's `resnetv2_50`.
public struct ResNetV2: Model {
  /// The residual units of each stage.
  public var depths: [Int]
  public var unit: ResNet.Unit
  public var classes: Int

  public init(_ depths: [Int], _ unit: ResNet.Unit, classes: Int = 1000) {
    (self.depths, self.unit, self.classes) = (depths, unit, classes)
  }

  public var body: Sequential {
    Sequential {
      Conv2D(filters: 64, kernel: 7, strides: 2, padding: .explicit(3), bias: false, initializer: .heNormalFanOut)
        .named("conv")
      MaxPool2D(3, strides: 2, padding: .explicit(1)).named("pool")
    }.named("stem")
    Sequential {
      for (stage, depth) in depths.enumerated() {
        Sequential {
          Sequential {
            for index in 0..<depth {
              PreactivatedUnit(
                hasBottleneck: unit == .bottleneck, width: 64 << stage, strides: index == 0 && stage > 0 ? 2 : 1,
                isProjected: index == 0 && (unit == .bottleneck || stage > 0)
              ).named("\(index)")
            }
          }.named("blocks")
        }.named("\(stage)")
      }
    }.named("stages")
    BatchNorm().named("norm")
    ReLU()
    Sequential {
      GlobalAveragePool2D().named("global_pool")
      Dense(classes, initializer: .normal(deviation: 0.01)).named("fc")
    }.named("head")
  }
}

/// Normalisation and rectifier, on whose result convolutions and projection begin; without a projection, the input
/// itself is added.
private struct PreactivatedUnit: Layer {
  var hasBottleneck: Bool
  /// The channels of the 3×3 convolutions.
  var width: Int
  var strides: Size2D
  var isProjected: Bool

  func forward(_ x: Value) -> Value {
    let filters = hasBottleneck ? 4 * width : width
    let start = Sequential {
      BatchNorm().named("norm1")
      ReLU()
    }.forward(x)
    let branch = Sequential {
      if hasBottleneck {
        convolution(width, 1).named("conv1")
        BatchNorm().named("norm2")
        ReLU()
        convolution(width, 3, strides: strides).named("conv2")
        BatchNorm().named("norm3")
        ReLU()
        convolution(filters, 1).named("conv3")
      } else {
        convolution(width, 3, strides: strides).named("conv1")
        BatchNorm().named("norm2")
        ReLU()
        convolution(width, 3).named("conv2")
      }
    }.forward(start)
    guard isProjected else { return branch + x }
    let projection = Sequential { convolution(filters, 1, strides: strides).named("conv") }.named("downsample")
    return branch + projection.forward(start)
  }

  private func convolution(_ filters: Int, _ kernel: Int, strides: Size2D = 1) -> Conv2D {
    Conv2D(
      filters: filters, kernel: Size2D(kernel, kernel), strides: strides, padding: .explicit(kernel / 2), bias: false,
      initializer: .heNormalFanOut)
  }
}

extension ResNetV2 {
  static let entries = [
    ("resnet18-v2", [2, 2, 2, 2], ResNet.Unit.basic), ("resnet34-v2", [3, 4, 6, 3], .basic),
    ("resnet50-v2", [3, 4, 6, 3], .bottleneck), ("resnet101-v2", [3, 4, 23, 3], .bottleneck),
    ("resnet152-v2", [3, 8, 36, 3], .bottleneck),
  ].map { name, depths, unit in
    CatalogueEntry(
      name, aliases: ["resnetv2-" + name.dropFirst(6).dropLast(3)], 2016,
      "He et al., Identity Mappings in Deep Residual Networks", input: [224, 224, 3], classes: 1000,
      keras: { _ in .paddedElsewhere("conv2_block1_preact_bn") }
    ) { ResNetV2(depths, unit, classes: $0.classes) }
  }
}
