public import FoveaLayers

/// The convolutional network for sentences: Kim 2014, "Convolutional Neural Networks for Sentence Classification", §2.
/// Input: words by their numbers, 0 where a sentence has ended.
///
/// Filters of several widths slide over the words' vectors; the largest value of each goes on. The vectors are trained
/// (CNN-rand); the paper's other variants begin with vectors that were trained elsewhere, and its limit for the norm of
/// the last weights is not set here. Sizes as for the movie reviews of table 1: 18,765 words, and sentences of 56 words
/// with 4 zeros on both sides.
public struct TextCNN: Model {
  /// How many words there are, 0 not counted.
  public var vocabulary: Int
  /// Of a word's vector.
  public var size: Int
  /// Of the windows, in words.
  public var widths: [Int]
  /// For each width.
  public var filters: Int
  public var classes: Int

  public init(
    vocabulary: Int = 18_765, size: Int = 300, widths: [Int] = [3, 4, 5], filters: Int = 100, classes: Int = 2
  ) {
    (self.vocabulary, self.size, self.widths) = (vocabulary, size, widths)
    (self.filters, self.classes) = (filters, classes)
  }

  public var body: Sequential {
    Embedding(count: vocabulary + 1, size: size, initializer: .uniform(limit: 0.25)).named("embedding")
    Concatenate {
      for (index, width) in widths.enumerated() {
        Sequential {
          Conv1D(filters: filters, kernel: width, activation: .relu).named("\(index)")
          GlobalMaxPool1D()
        }
      }
    }.named("convs")
    Dropout(0.5)
    Dense(classes).named("fc")
  }
}

extension TextCNN {
  static let entries = [
    CatalogueEntry(
      "textcnn", 2014, "Kim, Convolutional Neural Networks for Sentence Classification", input: [64],
      elementType: .int32, classes: 2,
      options: [
        ModelOption("vocabulary", "how many words there are", .integer(18_765, 1...10_000_000)),
        ModelOption("size", "of a word's vector", .integer(300, 1...10_000)),
        ModelOption("widths", "of the windows, in words", .integers([3, 4, 5], 1...1000)),
        ModelOption("filters", "for each width", .integer(100, 1...10_000)),
      ]
    ) {
      TextCNN(
        vocabulary: $0.integer("vocabulary"), size: $0.integer("size"), widths: $0.integers("widths"),
        filters: $0.integer("filters"), classes: $0.classes)
    }
  ]
}
