public import FoveaLayers

/// Xception: Chollet 2017, "Xception: Deep Learning with Depthwise Separable Convolutions", figure 5. Input 299×299×3.
///
/// Inception taken to its end: a convolution for each channel, and one of 1×1 that mixes them, in residual units. Layers
/// are called as in timm's `legacy_xception`, whose weights take pictures as (x − 0.5) / 0.5.
public struct Xception: Model {
  /// Of its poolings; all other windows with a stride have no zeros around.
  public var padding: WindowPadding
  public var classes: Int

  public init(padding: WindowPadding = .symmetric, classes: Int = 1000) {
    (self.padding, self.classes) = (padding, classes)
  }

  /// The filters of the separable convolutions, unit by unit.
  private static let units =
    [[128, 128], [256, 256], [728, 728]] + Array(repeating: [728, 728, 728], count: 8) + [[728, 1024]]

  public var body: Sequential {
    Conv2D(filters: 32, kernel: 3, strides: 2, bias: false, initializer: .heNormalFanOut).named("conv1")
    BatchNorm().named("bn1")
    ReLU()
    Conv2D(filters: 64, kernel: 3, bias: false, initializer: .heNormalFanOut).named("conv2")
    BatchNorm().named("bn2")
    ReLU()
    for (index, filters) in Self.units.enumerated() {  // 19×19×728 after the third, 10×10×1024 after the last
      SeparableUnit(filters, halves: filters.count == 2, beginsWithReLU: index > 0, padding: padding)
        .named("block\(index + 1)")
    }
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
  var padding: WindowPadding

  init(_ filters: [Int], halves: Bool, beginsWithReLU: Bool, padding: WindowPadding) {
    (self.filters, self.halves, self.beginsWithReLU, self.padding) = (filters, halves, beginsWithReLU, padding)
  }

  var body: Sequential {
    Residual {
      numbered {
        for (index, count) in filters.enumerated() {
          if index > 0 || beginsWithReLU { ReLU() }
          Separable(filters: count)
          BatchNorm()
        }
        if halves { MaxPool2D(3, strides: 2, padding: padding.around(3)) }
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
      options: [.padding(.symmetric, .same)],
      preprocessing: "imagenet,short=333,mean=0.5,deviation=0.5",
      keras: { .xception(units: Xception.units.enumerated().map { ($1.count, $0 > 0) }) }
    ) { Xception(padding: $0.padding, classes: $0.classes) }
  ]
}
