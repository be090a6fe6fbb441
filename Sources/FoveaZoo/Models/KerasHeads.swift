public import FoveaLayers

/// The lectures' tour of Keras layers: a convolution, a pooling, and the two ways from maps to a row, side by side:
/// all numbers (Flatten) and the largest of each map (GlobalMaxPool2D). Input 28×28×3. It gives features, not classes.
public struct KerasHeads: Model {
  public init() {}

  public var body: Sequential {
    Conv2D(filters: 32, kernel: 3, activation: .relu)  // 26×26×32
    MaxPool2D(2)  // 13×13×32
    Concatenate {
      Flatten()  // 5408
      GlobalMaxPool2D()  // 32
    }
  }
}

extension KerasHeads {
  static let entries = [
    CatalogueEntry("keras-heads", aliases: ["t26"], 2022, "the lectures, table T26", input: [28, 28, 3], classes: nil) {
      _ in KerasHeads()
    }
  ]
}
