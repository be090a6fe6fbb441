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

/// The lectures' tour of Keras layers for sequences: words as vectors, a convolution over them, pooling, and the largest
/// number of each channel. Input: 21 words of 10,000, by their numbers. It gives features, not classes.
public struct KerasWords: Model {
  public init() {}

  public var body: Sequential {
    Embedding(count: 10_000, size: 128)  // 21×128
    Conv1D(filters: 32, kernel: 5, activation: .relu)  // 17×32
    MaxPool1D(3)  // 5×32
    GlobalMaxPool1D()  // 32
  }
}

extension KerasHeads {
  static let entries = [
    CatalogueEntry("keras-heads", aliases: ["t26"], 2022, "the lectures, table T26", input: [28, 28, 3], classes: nil) {
      _ in KerasHeads()
    },
    CatalogueEntry(
      "keras-words", aliases: ["t27"], 2022, "the lectures, table T27", input: [21], elementType: .int32, classes: nil
    ) { _ in KerasWords() },
  ]
}
