public import FoveaLayers

/// ResNet for CIFAR: He et al. 2015, "Deep Residual Learning for Image Recognition", §4.2. Input 32×32×3.
///
/// The shortcuts that halve the image are option A: every second pixel, and zero channels on both sides, so that no
/// shortcut has parameters. The depth is 6n + 2; the paper's are 20, 32, 44, 56 and 110.
public struct ResNetCIFAR: Model {
  public var depth: Int
  public var classes: Int

  public init(depth: Int, classes: Int = 10) { (self.depth, self.classes) = (depth, classes) }

  public var body: Sequential {
    Conv2D(filters: 16, kernel: 3, padding: .explicit(1), bias: false, initializer: .heNormal).named("conv1")
    BatchNorm().named("bn1")
    ReLU()
    for (stage, filters) in [16, 32, 64].enumerated() {
      Sequential {
        for block in 0..<(depth - 2) / 6 {
          BasicBlockA(filters: filters, halves: stage > 0 && block == 0).named("\(block)")
        }
      }.named("layer\(stage + 1)")
    }
    GlobalAveragePool2D()
    Dense(classes, initializer: .heNormal).named("linear")
  }
}

/// Two 3×3 convolutions and a shortcut without parameters.
struct BasicBlockA: Model {
  var filters: Int
  /// Whether it halves height and width and doubles the channels.
  var halves: Bool

  var body: Sequential {
    Residual(activation: .relu) {
      convolution(strides: halves ? 2 : 1).named("conv1")
      BatchNorm().named("bn1")
      ReLU()
      convolution(strides: 1).named("conv2")
      BatchNorm().named("bn2")
    } shortcut: {
      if halves {
        AveragePool2D(1, strides: 2)  // a window of one pixel: it only leaves pixels out
        Pad(before: [0, 0, filters / 4], after: [0, 0, filters / 4])
      }
    }
  }

  private func convolution(strides: Size2D) -> Conv2D {
    Conv2D(filters: filters, kernel: 3, strides: strides, padding: .explicit(1), bias: false, initializer: .heNormal)
  }
}

extension ResNetCIFAR {
  static let entries = [20, 32, 44, 56, 110].map { depth in
    CatalogueEntry(
      "resnet\(depth)", 2015, "He et al., Deep Residual Learning for Image Recognition, §4.2", input: [32, 32, 3]
    ) { ResNetCIFAR(depth: depth, classes: $0.classes) }
  }
}
