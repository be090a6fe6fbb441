public import FoveaLayers

/// The lectures' Keras models for MNIST: three convolutions that differ in padding and strides, and two dense layers.
/// Input 28×28×1. Ends in scores (logits), without the softmax.
public struct KerasMNIST: Model {
  public var padding: Padding
  public var strides: Size2D
  public var classes: Int

  public init(padding: Padding = .valid, strides: Size2D = 1, classes: Int = 10) {
    (self.padding, self.strides, self.classes) = (padding, strides, classes)
  }

  public var body: Sequential {
    for _ in 0..<3 { Conv2D(filters: 32, kernel: 3, strides: strides, padding: padding, activation: .relu) }
    Flatten()
    Dense(128, activation: .relu)
    Dense(classes)
  }
}

/// The lectures' Keras model for MNIST with pooling: two convolutions, each followed by max pooling, and two dense
/// layers. Input 28×28×1. Ends in scores (logits), without the softmax.
public struct KerasMNISTWithPooling: Model {
  public var classes: Int

  public init(classes: Int = 10) { self.classes = classes }

  public var body: Sequential {
    for _ in 0..<2 {
      Conv2D(filters: 32, kernel: 3, activation: .relu)
      MaxPool2D(2)
    }
    Flatten()
    Dense(128, activation: .relu)
    Dense(classes)
  }
}

extension KerasMNIST {
  static let entries = [
    CatalogueEntry("keras-mnist-valid", aliases: ["t1"], 2022, "the lectures, table T1", input: [28, 28, 1]) {
      KerasMNIST(padding: .valid, classes: $0.classes)
    },
    CatalogueEntry("keras-mnist-same", aliases: ["t2"], 2022, "the lectures, table T2", input: [28, 28, 1]) {
      KerasMNIST(padding: .same, classes: $0.classes)
    },
    CatalogueEntry("keras-mnist-strided", aliases: ["t3"], 2022, "the lectures, table T3", input: [28, 28, 1]) {
      KerasMNIST(padding: .same, strides: 2, classes: $0.classes)
    },
    CatalogueEntry("keras-mnist-pool", aliases: ["t4"], 2022, "the lectures, table T4", input: [28, 28, 1]) {
      KerasMNISTWithPooling(classes: $0.classes)
    },
  ]
}
