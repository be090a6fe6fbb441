public import FoveaLayers

/// DenseNet-BC: Huang et al. 2017, "Densely Connected Convolutional Networks", table 1. Input 224×224×3.
///
/// Each layer reads the results of all layers before it in its block. Layers are called as in torchvision.
public struct DenseNet: Model {
  /// The layers of each block.
  public var blocks: [Int]
  /// How many channels each layer adds.
  public var growth: Int
  /// The filters of the first convolution.
  public var firstFilters: Int
  public var classes: Int

  public init(blocks: [Int], growth: Int = 32, firstFilters: Int = 64, classes: Int = 1000) {
    (self.blocks, self.growth, self.firstFilters, self.classes) = (blocks, growth, firstFilters, classes)
  }

  public var body: Sequential {
    Sequential {
      Conv2D(
        filters: firstFilters, kernel: 7, strides: 2, padding: .explicit(3), bias: false, initializer: .heNormal
      ).named("conv0")
      BatchNorm().named("norm0")
      ReLU()
      MaxPool2D(3, strides: 2, padding: .explicit(1))
      for (index, count) in blocks.enumerated() {
        Sequential {
          for layer in 1...max(count, 1) {
            DenseLayer(growth: growth, names: .torchvision).named("denselayer\(layer)")
          }
        }.named("denseblock\(index + 1)")
        if index < blocks.count - 1 {
          Transition(names: .torchvision).named("transition\(index + 1)")
        }
      }
      BatchNorm().named("norm5")
      ReLU()
    }.named("features")
    GlobalAveragePool2D()
    Dense(classes, biasInitializer: .zeros).named("classifier")
  }
}

/// DenseNet-BC for CIFAR: Huang et al. 2017, §4.1 and table 2; 3×3 convolutions from the start on. Input 32×32×3.
///
/// Layers are called as in the public weights that it was first loaded from.
public struct DenseNetCIFAR: Model {
  public var blocks: [Int]
  public var growth: Int
  public var classes: Int

  public init(blocks: [Int] = [16, 16, 16], growth: Int = 12, classes: Int = 10) {
    (self.blocks, self.growth, self.classes) = (blocks, growth, classes)
  }

  public var body: Sequential {
    Conv2D(filters: 2 * growth, kernel: 3, padding: .explicit(1), bias: false, initializer: .heNormal).named("conv0")
    Sequential {
      for (index, count) in blocks.enumerated() {
        Sequential {
          Sequential {
            for layer in 0..<count { DenseLayer(growth: growth, names: .numbered).named("\(layer)") }
          }.named("block")
        }.named("denseblock\(index + 1)")
        if index < blocks.count - 1 { Transition(names: .numbered).named("transition\(index + 1)") }
      }
    }.named("features")
    BatchNorm().named("bn")
    ReLU()
    GlobalAveragePool2D()
    Dense(classes).named("fc")
  }
}

/// What the layers of a dense layer are called.
enum DenseLayerNames {
  case torchvision, numbered

  func norm(_ index: Int) -> String { self == .torchvision ? "norm\(index)" : "bn\(index)" }
  /// The only norm and convolution of a transition.
  var transition: (norm: String, convolution: String) {
    self == .torchvision ? ("norm", "conv") : ("bn", "conv")
  }
}

/// 4 · growth 1×1 convolutions, then 3×3 ones, whose results join the input.
struct DenseLayer: Model {
  var growth: Int
  var names: DenseLayerNames

  var body: Sequential {
    Concatenate {
      Sequential([])
      Sequential {
        BatchNorm().named(names.norm(1))
        ReLU()
        Conv2D(filters: 4 * growth, kernel: 1, bias: false, initializer: .heNormal).named("conv1")
        BatchNorm().named(names.norm(2))
        ReLU()
        Conv2D(filters: growth, kernel: 3, padding: .explicit(1), bias: false, initializer: .heNormal).named("conv2")
      }
    }
  }
}

/// Half the channels, half the height and width.
struct Transition: Layer {
  var names: DenseLayerNames

  func forward(_ x: Value) -> Value {
    Sequential {
      BatchNorm().named(names.transition.norm)
      ReLU()
      Conv2D(filters: x.channels / 2, kernel: 1, bias: false, initializer: .heNormal).named(
        names.transition.convolution)
      AveragePool2D(2)
    }.forward(x)
  }
}

extension DenseNet {
  static let entries = [
    ("densenet121", [6, 12, 24, 16], 32, 64), ("densenet161", [6, 12, 36, 24], 48, 96),
    ("densenet169", [6, 12, 32, 32], 32, 64), ("densenet201", [6, 12, 48, 32], 32, 64),
  ].map { name, blocks, growth, first in
    CatalogueEntry(
      name, 2017, "Huang et al., Densely Connected Convolutional Networks", input: [224, 224, 3], classes: 1000,
      keras: { .denseNet(blocks: blocks) }
    ) { DenseNet(blocks: blocks, growth: growth, firstFilters: first, classes: $0.classes) }
  }
}

extension DenseNetCIFAR {
  static let entries = [
    CatalogueEntry(
      "densenet-cifar", 2017, "Huang et al., Densely Connected Convolutional Networks, §4.1", input: [32, 32, 3],
      options: [
        ModelOption("blocks", "the layers of each block", .integers([16, 16, 16], 1...64)),
        ModelOption("growth", "the channels that each layer adds", .integer(12, 1...512)),
      ]
    ) { DenseNetCIFAR(blocks: $0.integers("blocks"), growth: $0.integer("growth"), classes: $0.classes) }
  ]
}
