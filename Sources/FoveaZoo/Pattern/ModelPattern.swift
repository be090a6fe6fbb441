public import FoveaLayers

/// A model in one line of text, in the way in which the lectures write architectures.
///
///     input 28x28x1 - [[conv 32 3x3 - relu]*2 - pool]*2 - fc 128 - relu - fc 10
///
/// Layers follow each other across `-` (or `->`, `=>`, `→`, `⇒`); `[…]*n` repeats. `PatternWord.all` has the words. The
/// first `fc` flattens what it gets. `input` with the shape of one example may be left out; `input 20 int32` is for whole
/// numbers such as the words of a text, which `embedding` and `onehot` take. A `softmax` at the end is left to the loss
/// and to predicting, which both take scores, unless it is the only layer.
public struct ModelPattern: Layer {
  /// The shape of one example, if the line says it.
  public var input: Shape?
  /// `int32` if the line says so.
  public var elementType: ElementType
  var items: [PatternItem]

  /// - Errors: what is wrong in the line, where, and what to write instead.
  public init(_ line: String) throws(PatternError) {
    var parser = try PatternParser(line)
    (input, elementType, items) = try parser.parse()
  }

  /// Whether a text can only be meant as a line: names of models have no spaces, brackets or arrows.
  static func looksLikeOne(_ text: String) -> Bool { text.contains { $0.isWhitespace || "[]*>→⇒".contains($0) } }

  public func forward(_ x: Value) -> Value {
    var layers = items.flatMap(\.expanded)
    if layers.count > 1, layers.last?.word == "softmax" { layers.removeLast() }
    var x = x
    for layer in layers {
      if layer.takesRows, x.rank > 2 { x = Flatten()(x) }
      x = layer.layer(x)
    }
    return x
  }
}

extension ModelPattern: Equatable, CustomStringConvertible {
  public static func == (a: ModelPattern, b: ModelPattern) -> Bool { a.description == b.description }

  /// The line in its plainest form: `ModelPattern(pattern.description) == pattern`.
  public var description: String {
    let type = elementType == .float32 ? "" : " \(elementType)"
    let start = input.map { ["input " + $0.dimensions.map(String.init).joined(separator: "x") + type] } ?? []
    return (start + items.map(\.description)).joined(separator: " - ")
  }
}

/// A layer of a line, or a part in brackets.
indirect enum PatternItem: Sendable, CustomStringConvertible {
  case layer(PatternLayer)
  case group([PatternItem], times: Int)

  /// The layers one after another.
  var expanded: [PatternLayer] {
    switch self {
    case .layer(let layer): [layer]
    case .group(let items, let times): Array(repeatElement(items.flatMap(\.expanded), count: times).joined())
    }
  }

  /// The number of layers in `expanded`; saturates.
  var count: Int {
    switch self {
    case .layer: 1
    case .group(let items, let times):
      saturatingProduct(items.reduce(0) { min($0 + $1.count, saturation) }, times)
    }
  }

  var description: String {
    switch self {
    case .layer(let layer): layer.text
    case .group(let items, let times):
      "[" + items.map(\.description).joined(separator: " - ") + "]" + (times == 1 ? "" : "*\(times)")
    }
  }
}

/// A layer of a line.
struct PatternLayer: Sendable {
  /// Its word, e.g. `conv`.
  var word: String
  /// The word and its arguments in their plainest form.
  var text: String
  var layer: any Layer
  /// Whether it takes one row for each example, so that images must be flattened first.
  var takesRows = false
}

/// What is wrong in a model line.
public struct PatternError: Error, Hashable, Sendable, CustomStringConvertible {
  public let line: String
  /// Where, counted from 1.
  public let column: Int
  public let problem: String
  public let fix: String

  /// One sentence, then the line with a mark under the place; of a long line the part around it.
  public var description: String {
    let reach = 36
    let characters = Array(line)
    let start = characters.count <= 2 * reach ? 0 : max(min(column - 1 - reach, characters.count - 2 * reach), 0)
    let end = characters.count <= 2 * reach ? characters.count : start + 2 * reach
    let (before, after) = (start > 0 ? "…" : "", end < characters.count ? "…" : "")
    // A tab or a line break would move the mark.
    let excerpt = before + String(characters[start..<end].map { $0.isWhitespace ? " " : $0 }) + after
    return "column \(column) of the model line: \(problem); \(fix)\n  \(excerpt)\n"
      + String(repeating: " ", count: column + 1 - start + before.count) + "^"
  }
}
