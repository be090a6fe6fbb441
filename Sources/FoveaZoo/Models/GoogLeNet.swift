public import FoveaLayers

/// GoogLeNet: Szegedy et al. 2015, "Going Deeper with Convolutions", table 1. Input 224×224×3.
///
/// As torchvision has it: batch normalisation in place of biases, 3×3 convolutions where the paper has 5×5, and no
/// auxiliary heads (their tensors in a file are left out). Layers are called as there. torchvision's published weights
/// take pictures as (x − 0.5) / 0.5.
public struct GoogLeNet: Model {
  public var classes: Int

  public init(classes: Int = 1000) { self.classes = classes }

  /// Of each module: its name, 1×1; 1×1 before the 3×3, and the 3×3; twice more; 1×1 after the pooling.
  private static let modules = [
    ("3a", [64, 96, 128, 16, 32, 32]), ("3b", [128, 128, 192, 32, 96, 64]), ("4a", [192, 96, 208, 16, 48, 64]),
    ("4b", [160, 112, 224, 24, 64, 64]), ("4c", [128, 128, 256, 24, 64, 64]), ("4d", [112, 144, 288, 32, 64, 64]),
    ("4e", [256, 160, 320, 32, 128, 128]), ("5a", [256, 160, 320, 32, 128, 128]),
    ("5b", [384, 192, 384, 48, 128, 128]),
  ]

  public var body: Sequential {
    BasicConv(64, kernel: 7, strides: 2, padding: .explicit(3)).named("conv1")
    MaxPool2D(3, strides: 2, roundsUp: true)
    BasicConv(64, kernel: 1).named("conv2")
    BasicConv(192, kernel: 3, padding: .explicit(1)).named("conv3")
    MaxPool2D(3, strides: 2, roundsUp: true)
    for (name, counts) in Self.modules {
      if name == "4a" { MaxPool2D(3, strides: 2, roundsUp: true) }
      if name == "5a" { MaxPool2D(2, roundsUp: true) }
      Module(counts: counts).named("inception" + name)
    }
    GlobalAveragePool2D()
    Dropout(0.2)
    Dense(classes, initializer: .truncatedNormal(deviation: 0.01)).named("fc")
  }

  /// Four branches side by side.
  private struct Module: Model {
    var counts: [Int]

    var body: Sequential {
      Concatenate {
        BasicConv(counts[0], kernel: 1).named("branch1")
        Sequential {
          BasicConv(counts[1], kernel: 1).named("0")
          BasicConv(counts[2], kernel: 3, padding: .explicit(1)).named("1")
        }.named("branch2")
        Sequential {
          BasicConv(counts[3], kernel: 1).named("0")
          BasicConv(counts[4], kernel: 3, padding: .explicit(1)).named("1")
        }.named("branch3")
        Sequential {
          MaxPool2D(3, strides: 1, padding: .explicit(1), roundsUp: true)
          BasicConv(counts[5], kernel: 1).named("1")
        }.named("branch4")
      }
    }
  }
}

/// A convolution without bias (`conv`), batch normalisation (`bn`) and a rectifier: torchvision's `BasicConv2d`.
struct BasicConv: Model {
  var filters: Int
  var kernel: Size2D
  var strides: Size2D
  var padding: Padding

  init(_ filters: Int, kernel: Size2D, strides: Size2D = 1, padding: Padding = .valid) {
    (self.filters, self.kernel, self.strides, self.padding) = (filters, kernel, strides, padding)
  }

  var body: Sequential {
    Conv2D(
      filters: filters, kernel: kernel, strides: strides, padding: padding, bias: false,
      initializer: .truncatedNormal(deviation: 0.1)
    ).named("conv")
    BatchNorm(epsilon: 1e-3).named("bn")
    ReLU()
  }
}

extension GoogLeNet {
  static let entries = [
    CatalogueEntry(
      "googlenet", 2015, "Szegedy et al., Going Deeper with Convolutions", input: [224, 224, 3], classes: 1000,
      leftOut: ["aux1.", "aux2."]
    ) { GoogLeNet(classes: $0.classes) }
  ]
}
