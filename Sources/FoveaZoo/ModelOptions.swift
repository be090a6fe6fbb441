/// Something that a family lets one choose, as in `mobilenet-v1:width=0.5`.
public struct ModelOption: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case integer(Int, ClosedRange<Int>)
    case number(Double, ClosedRange<Double>)
    /// Numbers with hyphens between them, such as `6-12-24`.
    case integers([Int], ClosedRange<Int>)
    /// One of these words, the first where nothing is chosen.
    case choice([String])
  }

  public let name: String
  /// What it is, in a few words.
  public let summary: String
  /// With what it is where nothing is chosen, and what it may be.
  public let kind: Kind

  public init(_ name: String, _ summary: String, _ kind: Kind) {
    (self.name, self.summary, self.kind) = (name, summary, kind)
  }

  /// What it may be, for listings and errors.
  public var range: String {
    switch kind {
    case .integer(_, let range): "a whole number, \(range.lowerBound) to \(range.upperBound)"
    case .number(_, let range): "a number, \(range.lowerBound) to \(range.upperBound)"
    case .integers(let example, let range):
      "whole numbers, \(range.lowerBound) to \(range.upperBound), such as \(example.map(String.init).joined(separator: "-"))"
    case .choice(let words): words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    }
  }

  /// - Errors: a text that is none of the values allowed.
  func value(_ text: String, of model: String) throws(ZooError) -> ModelOptions.Value {
    switch kind {
    case .integer(_, let range):
      if let value = Int(text), range.contains(value) { return .integer(value) }
    case .number(_, let range):
      if let value = Double(text), range.contains(value) { return .number(value) }
    case .integers(_, let range):
      let values = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? .min }
      if values.count <= 64, values.allSatisfy(range.contains) { return .integers(values) }
    case .choice(let words):
      if words.contains(text) { return .choice(text) }
    }
    throw .badOption("'\(name)=\(text)' of \(model): give \(range)")
  }

  var standard: ModelOptions.Value {
    switch kind {
    case .integer(let value, _): .integer(value)
    case .number(let value, _): .number(value)
    case .integers(let values, _): .integers(values)
    case .choice(let words): .choice(words[0])
    }
  }
}

/// What was chosen of a family: each of its options, by its own default where nothing was.
public struct ModelOptions: Sendable, Hashable {
  enum Value: Sendable, Hashable {
    case integer(Int)
    case number(Double)
    case integers([Int])
    case choice(String)
  }

  /// The number of outputs; 0 where that is no choice.
  public let classes: Int
  private let values: [String: Value]

  init(classes: Int, _ values: [String: Value]) { (self.classes, self.values) = (classes, values) }

  func with(classes: Int) -> ModelOptions { ModelOptions(classes: classes, values) }

  subscript(name: String) -> Value? { values[name] }

  /// The value of an option of this name, which the entry declares.
  func integer(_ name: String) -> Int {
    guard case .integer(let value)? = values[name] else { preconditionFailure("no whole number '\(name)'") }
    return value
  }

  func number(_ name: String) -> Double {
    guard case .number(let value)? = values[name] else { preconditionFailure("no number '\(name)'") }
    return value
  }

  func integers(_ name: String) -> [Int] {
    guard case .integers(let values)? = values[name] else { preconditionFailure("no numbers '\(name)'") }
    return values
  }

  func choice(_ name: String) -> String {
    guard case .choice(let word)? = values[name] else { preconditionFailure("no choice '\(name)'") }
    return word
  }
}
