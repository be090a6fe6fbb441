public import FoveaLayers

/// The lectures' most common form of an architecture, `[[CONV-RELU]*N-POOL?]*M-[FC-RELU]*K-SOFTMAX`, with its numbers.
///
///     INPUT → [[CONV → RELU]*2 → POOL]*3 → [FC → RELU]*1 → SOFTMAX
///
/// The text says the order alone; sizes are those that the lectures advise: 3×3 convolutions that keep height and width,
/// 32 of them and twice as many in each block after, up to 512; poolings of 2×2; 128 units. `POOL?` pools as long as
/// there is something to halve. SOFTMAX stands for one score for each class: the loss and predicting take scores, and
/// make the probabilities themselves. Whoever wants other sizes writes a model line.
public struct LecturePattern: Layer, Hashable, CustomStringConvertible {
  /// Whether a block ends in a pooling.
  public enum Pooling: String, Hashable, Sendable {
    case none = ""
    case always = "-POOL"
    /// `POOL?`.
    case whilePossible = "-POOL?"
  }

  /// The shape of one example, if the text says it.
  public var input: Shape?
  /// N: of one block, each with a rectifier.
  public var convolutions: Int
  public var pooling: Pooling
  /// M.
  public var blocks: Int
  /// K: dense layers before the scores, each with a rectifier.
  public var denseLayers: Int
  public var classes: Int

  static let example = "[[CONV-RELU]*2-POOL]*3-[FC-RELU]*1-SOFTMAX"
  private static let repetitions = 0...100
  /// More is no pattern, and need not be looked at.
  private static let longestText = 200

  /// - Errors: another text; a number of repetitions that is none, such as the letter N.
  public init(_ text: String, classes: Int = 10) throws(ZooError) {
    guard let pattern = try Self(matching: text, classes: classes) else {
      throw .badOption("'\(shortened(text))' is not the lectures' pattern: write it as \(Self.example)")
    }
    self = pattern
  }

  /// `nil` for a text that is something else.
  init?(matching text: String, classes: Int = 10) throws(ZooError) {
    guard text.utf8.count <= Self.longestText else { return nil }
    var plain = ""
    for character in text.lowercased() where !character.isWhitespace {
      switch character {
      case ">": continue  // of an arrow
      case "=", "→", "⇒": plain.append("-")
      case "×": plain.append("x")
      default: plain.append(character)
      }
    }
    let form =
      /(?:input(?:(\d+)x(\d+)x(\d+))?-)?\[\[conv-relu\]\*(\w+)(-pool\??)?\]\*(\w+)(?:-\[fc-relu\]\*(\w+))?-softmax/
    guard let match = plain.wholeMatch(of: form)?.output else { return nil }
    var counts: [Int] = []
    for (letter, number) in [("N", match.4), ("M", match.6), ("K", match.7 ?? "0")] {
      guard let count = Int(number), Self.repetitions.contains(count) else {
        throw .badOption(
          "'*\(number.uppercased())' of the lectures' pattern: give a number for \(letter), "
            + "\(Self.repetitions.lowerBound) to \(Self.repetitions.upperBound), such as \(Self.example)")
      }
      counts.append(count)
    }
    let sizes = [match.1, match.2, match.3].compactMap { $0.flatMap { Int($0) } }
    guard sizes.isEmpty || (sizes.count == 3 && sizes.allSatisfy((1...65_535).contains)) else {
      throw .badOption("INPUT of the lectures' pattern: give height x width x channels, such as INPUT 32x32x3")
    }
    (convolutions, blocks, denseLayers) = (counts[0], counts[1], counts[2])
    pooling = Pooling(rawValue: (match.5 ?? "").uppercased()) ?? .none
    (input, self.classes) = (sizes.isEmpty ? nil : Shape(sizes), classes)
  }

  public func forward(_ x: Value) -> Value {
    var y = x
    for block in 0..<blocks {
      for _ in 0..<convolutions {
        y = Conv2D(filters: min(32 << min(block, 4), 512), kernel: 3, padding: .same, initializer: .heNormal)(y)
        y = ReLU()(y)
      }
      let canHalve = y.rank == 4 && y.shape[1] > 1 && y.shape[2] > 1
      if pooling == .always || (pooling == .whilePossible && canHalve) { y = MaxPool2D(2)(y) }
    }
    if y.rank > 2 { y = Flatten()(y) }
    for _ in 0..<denseLayers { y = ReLU()(Dense(128, initializer: .heNormal)(y)) }
    return Dense(classes)(y)
  }

  /// The pattern, which `init(_:)` reads back as it is.
  public var description: String {
    let start = input.map { "INPUT \($0.dimensions.map(String.init).joined(separator: "x"))-" } ?? ""
    return "\(start)[[CONV-RELU]*\(convolutions)\(pooling.rawValue)]*\(blocks)-[FC-RELU]*\(denseLayers)-SOFTMAX"
  }

  /// As a model by its text; for images like CIFAR-10's where the text does not say.
  var entry: CatalogueEntry {
    CatalogueEntry(description, nil, "the lectures, row A19", input: input ?? [32, 32, 3]) { options in
      var pattern = self
      pattern.classes = options.classes
      return pattern
    }
  }
}
