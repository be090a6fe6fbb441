public import FoveaLayers

/// Xception: Chollet 2017, "Xception: Deep Learning with Depthwise Separable Convolutions", figure 5. Input 299×299×3.
///
/// Inception taken to its end: a convolution for each channel, and one of 1×1 that mixes them, in residual units. Layers
/// are called as in timm's `legacy_xception`, whose weights take pictures as (x − 0.5) / 0.5.
public struct Xception: Model {
  public var classes: Int

  public init(classes: Int = 1000) { self.classes = classes }

  public var body: Sequential {
    Conv2D(filters: 32, kernel: 3, strides: 2, bias: false, initializer: .heNormalFanOut).named("conv1")
    BatchNorm().named("bn1")
    ReLU()
    Conv2D(filters: 64, kernel: 3, bias: false, initializer: .heNormalFanOut).named("conv2")
    BatchNorm().named("bn2")
    ReLU()
    SeparableUnit([128, 128], halves: true, beginsWithReLU: false).named("block1")
    SeparableUnit([256, 256], halves: true).named("block2")
    SeparableUnit([728, 728], halves: true).named("block3")  // 19×19×728
    for number in 4...11 { SeparableUnit([728, 728, 728]).named("block\(number)") }
    SeparableUnit([728, 1024], halves: true).named("block12")  // 10×10×1024
    Separable(filters: 1536).named("conv3")
    BatchNorm().named("bn3")
    ReLU()
    Separable(filters: 2048).named("conv4")
    BatchNorm().named("bn4")
    ReLU()
    GlobalAveragePool2D()
    Dropout(0.5)
    Dense(classes, initializer: .torch).named("fc")
  }
}

/// Separable convolutions, each after a rectifier and before its normalisation; where height and width are halved, by a
/// pooling, the shortcut has a 1×1 convolution.
private struct SeparableUnit: Model {
  var filters: [Int]
  var halves: Bool
  var beginsWithReLU: Bool

  init(_ filters: [Int], halves: Bool = false, beginsWithReLU: Bool = true) {
    (self.filters, self.halves, self.beginsWithReLU) = (filters, halves, beginsWithReLU)
  }

  var body: Sequential {
    Residual {
      numbered {
        for (index, count) in filters.enumerated() {
          if index > 0 || beginsWithReLU { ReLU() }
          Separable(filters: count)
          BatchNorm()
        }
        if halves { MaxPool2D(3, strides: 2, padding: .explicit(1)) }
      }.named("rep")
    } shortcut: {
      if halves {
        Conv2D(filters: filters.last!, kernel: 1, strides: 2, bias: false, initializer: .heNormalFanOut).named("skip")
        BatchNorm().named("skipbn")
      }
    }
  }
}

/// 3×3 for every channel on its own (`conv1`), then 1×1 (`pointwise`), nothing in between: timm's `SeparableConv2d`.
private struct Separable: Model {
  var filters: Int

  var body: Sequential {
    DepthwiseConv2D(kernel: 3, padding: .explicit(1), bias: false, initializer: .heNormalFanOut).named("conv1")
    Conv2D(filters: filters, kernel: 1, bias: false, initializer: .heNormalFanOut).named("pointwise")
  }
}

extension Xception {
  static let entries = [
    CatalogueEntry(
      "xception", aliases: ["legacy-xception"], 2017, "Chollet, Xception", input: [299, 299, 3], classes: 1000,
      keras: { _ in .paddedElsewhere("block2_sepconv1/depthwise") }
    ) { Xception(classes: $0.classes) }
  ]
}
