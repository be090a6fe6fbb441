internal import Glibc
import FoveaCore
import FoveaLayers

extension Explanation {
  /// The whole explanation as plain text.
  ///
  /// - Parameter limit: how many terms of a sum are written; the others are summed up in a line.
  public func text(terms limit: Int = 64) -> String {
    var blocks = [heading]
    for (number, step) in steps.enumerated() {
      let title = steps.count > 1 ? "\(number + 1). \(step.title)" : step.title
      blocks.append(([title] + step.body(limit: limit)).joined(separator: "\n"))
    }
    blocks.append(ending)
    return blocks.joined(separator: "\n\n")
  }

  private var heading: String {
    let place = at.map(String.init).joined(separator: ",")
    var lines = ["\(model) · \(layer.isEmpty ? kind : layer) (\(kind)) at \(place) of \(shape)"]
    if let formula { lines.append("\(kind): \(formula)") }
    if let source { lines.append("the layer passes its input on when predicting: this is \(source)") }
    if !dependsOnInput {
      lines.append("sees nothing of the input: no number of it can change this one")
    } else if !field.isEmpty {
      let ranges = field.map { "\($0.name) \($0.first)…\($0.last) of \($0.length)" }.joined(separator: ", ")
      let size = field.map { "\($0.last - $0.first + 1)" }.joined(separator: "×")
      lines.append("sees \(ranges) of the input: \(size)")
      let outside = field.filter { $0.outside > 0 }
      if !outside.isEmpty {
        lines.append(
          "and " + outside.map { counted($0.outside, String($0.name.dropLast()), $0.name) }.joined(separator: ", ")
            + " outside of it, on padding")
      }
    }
    return lines.joined(separator: "\n")
  }

  private var ending: String {
    let difference = abs(value - Double(programValue))
    let verdict =
      agrees
      ? (difference == 0 ? "the same" : "the same to float32's rounding, " + String(printf: "%.1e", difference))
      : "different by " + String(printf: "%.3e", difference)
    return aligned([
      ["from the terms", precise(value)], ["the program's", "\(precise(Double(programValue)))  (\(verdict))"],
    ]).joined(separator: "\n")
  }
}

extension Explanation.Step {
  fileprivate var title: String {
    let place = at.isEmpty ? "" : "[" + at.map(String.init).joined(separator: ",") + "]"
    return "\(operation)\(place): \(arithmetic.formula)"
  }

  fileprivate func body(limit: Int) -> [String] {
    var lines: [String] = []
    if !sources.isEmpty { lines.append("from " + sources.joined(separator: ", ")) }
    lines += views
    if arithmetic.terms.count == 1, arithmetic.fold == .only || arithmetic.terms[0].form != nil {
      let term = arithmetic.terms[0]
      if term.form == nil, let factor = term.factors.first {
        lines.append("\(factor.place) = \(spelled(factor.value))")
      } else {
        lines.append("\(term.text) \(equals(term.value)) \(spelled(term.value))")
      }
    } else if !arithmetic.terms.isEmpty {
      lines += table(limit: limit)
    }
    lines += arithmetic.steps.map { "\($0.text) \(equals($0.value)) \(spelled($0.value))" }
    return lines.map { $0.isEmpty ? $0 : "   " + $0 }
  }

  /// Windows and kernels side by side, of the first channels.
  private var views: [String] {
    let pairs = min(arithmetic.views.count / 2, 3)
    guard pairs > 0, arithmetic.views[0].rows[0].count <= 11 else { return [] }
    var lines = [""]
    for pair in 0..<pairs {
      let (a, b) = (arithmetic.views[2 * pair], arithmetic.views[2 * pair + 1])
      let (left, right) = (grid(a.rows, digits: 3), grid(b.rows, digits: 3))
      let width = max(a.name.count, left.map(\.count).max() ?? 0)
      guard width + 4 + (right.map(\.count).max() ?? 0) <= 97 else { return [] }
      for (l, r) in zip([a.name] + left, [b.name] + right) {
        lines.append(l + String(repeating: " ", count: width + 4 - l.count) + r)
      }
      lines.append("")
    }
    let hidden = arithmetic.views.count / 2 - pairs
    if hidden > 0 { lines[lines.count - 1] = "and \(hidden) channel\(hidden == 1 ? "" : "s") more\n" }
    return lines
  }

  private func table(limit: Int) -> [String] {
    let shown = arithmetic.terms.count > limit ? max(limit - 1, 0) : arithmetic.terms.count
    var rows = arithmetic.terms.prefix(shown).map { term in
      guard term.form == nil else { return [term.factors.first?.place ?? "", term.text, "", "=", spelled(term.value)] }
      guard term.factors.count > 1 else { return [term.factors[0].place, "", "", "", spelled(term.value)] }
      return [
        term.factors.map(\.place).joined(separator: " · "), spelled(term.factors[0].value),
        "· " + term.factors.dropFirst().map { bracketed($0.value) }.joined(separator: " · "), "=", spelled(term.value),
      ]
    }
    let rest = arithmetic.terms.dropFirst(shown)
    if !rest.isEmpty {
      let value =
        arithmetic.fold == .sum
        ? rest.reduce(0) { $0 + $1.value } : Arithmetic("", arithmetic.fold, Array(rest)).folded
      rows.append(["\(grouped(rest.count)) terms more", "", "", "=", spelled(value)])
    }
    let names: [Arithmetic.Fold: String] = [.sum: "sum", .largest: "the largest", .smallest: "the smallest"]
    rows.append([names[arithmetic.fold] ?? "", "", "", "=", spelled(arithmetic.folded)])
    return aligned(rows, rightAligned: [1, 4])
  }
}

/// Rows of numbers with their columns aligned.
package func grid(_ rows: [[Double]], digits: Int? = nil) -> [String] {
  let texts = rows.map { row in
    row.map { number in
      guard let digits, number != number.rounded() || abs(number) >= 1e9 else { return spelled(number) }
      return String(printf: "%.\(digits)g", number).replacing("-", with: "−")
    }
  }
  let columns = texts.map(\.count).max() ?? 0
  return aligned(texts, rightAligned: Set(0..<columns))
}

/// `≈` before a number that is written with fewer digits than float32 has.
private func equals(_ number: Double) -> String {
  let written = Double(spelled(number).replacing("−", with: "-")) ?? number
  return abs(written - number) <= 6e-8 * abs(number) || number.isNaN ? "=" : "≈"
}

/// Nine significant digits, which tell every float32 from its neighbours.
private func precise(_ number: Double) -> String {
  String(printf: "%.9g", number).replacing("-", with: "−")
}
