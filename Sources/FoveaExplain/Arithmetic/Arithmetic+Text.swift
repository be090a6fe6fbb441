import FoveaCore
internal import Glibc

// How arithmetic is written.

extension Arithmetic {
  /// All of it in one line: `7·1 + 2·0 + 3·(−1) = 4`.
  ///
  /// - Parameter limit: how many terms are written; "…" stands for the others.
  public func line(limit: Int = 64) -> String {
    var texts = terms.prefix(limit).map(\.text)
    if terms.count > limit { texts.append("…") }
    var line: String
    switch fold {
    case .sum: line = texts.isEmpty ? "0" : texts.joined(separator: " + ")
    case .largest: line = "max(" + texts.joined(separator: ", ") + ")"
    case .smallest: line = "min(" + texts.joined(separator: ", ") + ")"
    case .only: line = texts.first ?? spelled(value)
    }
    let isWorkedOut = !(fold == .only && terms.allSatisfy { $0.form == nil && $0.factors.count == 1 })
    if isWorkedOut { line += " = " + spelled(folded) }
    for step in steps { line += isWorkedOut || step != steps.first ? "; " + step.written : "; " + step.written }
    return line
  }
}

extension Arithmetic.Step {
  /// `6 ÷ 9 = 0.666667`.
  public var written: String { "\(text) = \(spelled(value))" }
}

extension Arithmetic.Term {
  /// `7·(−1)`.
  public var text: String {
    form
      ?? factors.enumerated().map { index, factor in bracketed(factor.value, isFirst: index == 0) }
      .joined(separator: "·")
  }
}

extension Arithmetic.Factor {
  /// `x[3,4,0]`, without the batch.
  package var place: String {
    guard let at else { return name }
    return at.isEmpty ? name : "\(name)[\(at.map(String.init).joined(separator: ","))]"
  }
}

/// Six significant digits at most, a true minus sign, no zeros at the end. More digits where six would make another
/// number a whole one: 1.000005 is not 1.
package func spelled(_ number: Double) -> String {
  if number.isNaN { return "NaN" }
  if number.isInfinite { return number < 0 ? "−∞" : "∞" }
  if number == number.rounded(), abs(number) < 1e9 { return signed(Int(number)) }
  var text = String(printf: "%.6g", number)
  for digits in 7...9 where !text.contains(/[.e]/) { text = String(printf: "%.\(digits)g", number) }
  return text.replacing("-", with: "−")
}

/// In brackets if it is negative and something stands before it.
package func bracketed(_ number: Double, isFirst: Bool = false) -> String {
  number < 0 ? "(\(spelled(number)))" : spelled(number)
}
