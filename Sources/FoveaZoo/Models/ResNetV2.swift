public import FoveaLayers

/// ResNet with the activation first: He et al. 2016, "Identity Mappings in Deep Residual Networks", fig. 4e. Input
/// 224×224×3.
///
/// Normalisation and rectifier come before each convolution, and nothing follows the sum, so that a number can pass all
/// units unchanged. Differs from the paper: the 3×3 convolution of a bottleneck has the stride; its authors publish
/// 50 layers and more. `strided` `.last` is Keras's version: the last unit of a stage has the stride, its shortcut every
/// second pixel; first and last convolutions and projections have biases, and zeros count in the first pooling. Layers are
/// called as in timm's `resnetv2_50`.
public struct ResNetV2: Model {
  /// Which unit of a stage has its stride.
  public enum Strided: String, Hashable, Sendable, CaseIterable { case first, last }

  /// The residual units of each stage.
  public var depths: [Int]
  public var unit: ResNet.Unit
  public var strided: Strided
  public var classes: Int

  public init(_ depths: [Int], _ unit: ResNet.Unit, strided: Strided = .first, classes: Int = 1000) {
    (self.depths, self.unit, self.strided, self.classes) = (depths, unit, strided, classes)
  }

  private func strides(stage: Int, index: Int) -> Size2D {
    switch strided {
    case .first: index == 0 && stage > 0 ? 2 : 1
    case .last: index == depths[stage] - 1 && stage < depths.count - 1 ? 2 : 1
    }
  }

  public var body: Sequential {
    Sequential {
      Conv2D(
        filters: 64, kernel: 7, strides: 2, padding: .explicit(3), bias: strided == .last, initializer: .heNormalFanOut
      ).named("conv")
      if strided == .last { ZeroPadding2D(top: 1, bottom: 1, left: 1, right: 1) }
      MaxPool2D(3, strides: 2, padding: strided == .last ? .valid : .explicit(1)).named("pool")
    }.named("stem")
    Sequential {
      for (stage, depth) in depths.enumerated() {
        Sequential {
          Sequential {
            for index in 0..<depth {
              PreactivatedUnit(
                hasBottleneck: unit == .bottleneck, width: 64 << stage, strides: strides(stage: stage, index: index),
                isProjected: index == 0 && (unit == .bottleneck || stage > 0), hasBias: strided == .last
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
  /// Of the projection and of the last convolution.
  var hasBias: Bool

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
        convolution(filters, 1, bias: hasBias).named("conv3")
      } else {
        convolution(width, 3, strides: strides).named("conv1")
        BatchNorm().named("norm2")
        ReLU()
        convolution(width, 3, bias: hasBias).named("conv2")
      }
    }.forward(start)
    guard isProjected else { return branch + (strides == 1 ? x : MaxPool2D(1, strides: strides)(x)) }
    let projection = Sequential { convolution(filters, 1, strides: strides, bias: hasBias).named("conv") }
      .named("downsample")
    return branch + projection.forward(start)
  }

  private func convolution(_ filters: Int, _ kernel: Int, strides: Size2D = 1, bias: Bool = false) -> Conv2D {
    Conv2D(
      filters: filters, kernel: Size2D(kernel, kernel), strides: strides, padding: .explicit(kernel / 2), bias: bias,
      initializer: .heNormalFanOut)
  }
}

extension ResNetV2 {
  static let entries = plain + bottlenecks

  private static let plain = [("resnet18-v2", [2, 2, 2, 2]), ("resnet34-v2", [3, 4, 6, 3])].map { name, depths in
    entry(name, shortSide: 248) { ResNetV2(depths, .basic, classes: $0.classes) }
  }

  private static let bottlenecks = [
    ("resnet50-v2", [3, 4, 6, 3]), ("resnet101-v2", [3, 4, 23, 3]), ("resnet152-v2", [3, 8, 36, 3]),
  ].map { name, depths in
    entry(
      name, shortSide: 235,
      options: [
        ModelOption(
          "strided", "which unit of a stage has the stride; last is Keras's version, with biases",
          .choice(Strided.allCases.map(\.rawValue)))
      ], keras: { .resNetV2(depths: depths) }
    ) {
      ResNetV2(
        depths, .bottleneck, strided: Strided(rawValue: $0.choice("strided")) ?? .first, classes: $0.classes)
    }
  }

  private static func entry(
    _ name: String, shortSide: Int, options: [ModelOption] = [], keras: (@Sendable () -> KerasNames)? = nil,
    model: @escaping @Sendable (ModelOptions) -> any Layer
  ) -> CatalogueEntry {
    CatalogueEntry(
      name, aliases: ["resnetv2-" + name.dropFirst(6).dropLast(3)], 2016,
      "He et al., Identity Mappings in Deep Residual Networks", input: [224, 224, 3], classes: 1000, options: options,
      preprocessing: "imagenet,short=\(shortSide),mean=0.5,deviation=0.5", keras: keras, model: model)
  }
}
