/// One number of an operation's result, taken apart into what it was computed from.
///
/// The terms are folded into one number, and the steps go on from there to the value.
public struct Arithmetic: Hashable, Sendable, Codable {
  /// What becomes of the terms.
  public enum Fold: String, Sendable, Codable {
    case sum
    case largest
    case smallest
    /// There is one term, and it stays as it is.
    case only
  }

  /// A product of numbers, or a function of them.
  public struct Term: Hashable, Sendable, Codable {
    public var factors: [Factor]
    /// How it is written where it is no product: `e^(2 − 3)`.
    public var form: String?
    public var value: Double

    /// The product of `factors`.
    package init(_ factors: Factor...) {
      (self.factors, form) = (factors, nil)
      value = factors.reduce(1) { $0 * $1.value }
    }

    package init(_ factors: [Factor], form: String, value: Double) {
      (self.factors, self.form, self.value) = (factors, form, value)
    }
  }

  /// A number that goes in.
  public struct Factor: Hashable, Sendable, Codable {
    /// The letter that it has in the formula.
    public var name: String
    /// Which input of the operation it comes from, and where it stands there; `nil` for a constant and for padding.
    public var operand: Int?
    public var at: [Int]?
    public var value: Double

    package static func constant(_ name: String, _ value: Double) -> Factor {
      Factor(name: name, operand: nil, at: nil, value: value)
    }
  }

  /// What is done next, and what comes out.
  public struct Step: Hashable, Sendable, Codable {
    public var text: String
    public var value: Double
    package init(_ text: String, _ value: Double) { (self.text, self.value) = (text, value) }
  }

  /// A part of an input as it lies under a window: rows of numbers.
  public struct View: Hashable, Sendable, Codable {
    public var name: String
    public var rows: [[Double]]
  }

  /// In letters.
  public var formula: String
  public var terms: [Term]
  public var fold: Fold
  /// What the terms come to.
  public var folded: Double
  public var steps: [Step]
  public var views: [View] = []
  /// Whether the value was worked out from the terms; otherwise it is the program's, and the terms only say what went
  /// into it.
  public var isComplete = true
  /// How large what was subtracted is, in units of the value: where almost all of it cancels, the rounding of it stays.
  package var cancelled: Double = 0

  private enum CodingKeys: String, CodingKey { case formula, terms, fold, folded, steps, views, isComplete }

  public var value: Double { steps.last?.value ?? folded }

  /// - Parameter steps: makes the steps from what the terms come to.
  package init(_ formula: String, _ fold: Fold, _ terms: [Term], then steps: (Double) -> [Step] = { _ in [] }) {
    (self.formula, self.fold, self.terms) = (formula, fold, terms)
    let values = terms.map(\.value)
    folded =
      switch fold {
      case .sum: values.reduce(0, +)
      case .largest: values.reduce(values.first ?? 0) { $1 > $0 || $1.isNaN ? $1 : $0 }
      case .smallest: values.reduce(values.first ?? 0) { $1 < $0 || $1.isNaN ? $1 : $0 }
      case .only: values.first ?? 0
      }
    self.steps = steps(folded)
  }

  /// The size of the numbers that were added: what rounding errors are measured against.
  package var magnitude: Double {
    max(terms.reduce(0) { $0 + abs($1.value) }, abs(value), steps.map { abs($0.value) }.max() ?? 0)
  }
}
