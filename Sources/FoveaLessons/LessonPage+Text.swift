import FoveaExplain
import FoveaLayers

extension LessonPage {
  /// The page as plain text, at most `width` columns wide where sentences can be broken. Of a window that slides it has
  /// the arithmetic of the first cell, of other things that of the first eight.
  public func text(width: Int = 96) -> String {
    let shown = cells.prefix(cells.contains { $0.window != nil } ? 1 : 8)
    var arithmetic = shown.map { $0.text(width: width) }
    if shown.count > 1, shown.count < cells.count { arithmetic.append("… --step shows all \(cells.count)") }
    return ([opening(width: width), arithmetic.joined(separator: "\n"), closing(width: width)])
      .filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  /// Title, what is given, the formula: what comes before the cells.
  public func opening(width: Int = 96) -> String {
    var blocks = ["\(id)  \(title)\n\(String(repeating: "═", count: min(id.count + 2 + title.count, width)))"]
    if !given.isEmpty { blocks.append(stacked(given.map { $0.text(width: width) })) }
    if !formula.isEmpty {
      blocks.append(formula.map { wrapped("formula   " + $0, width: width, indent: 10) }.joined(separator: "\n"))
    }
    return blocks.joined(separator: "\n\n")
  }

  /// The result and what there is to say: what comes after the cells.
  public func closing(width: Int = 96) -> String {
    var blocks = [stacked(result.map { $0.text(width: width) })].filter { !$0.isEmpty }
    if let correction { blocks.append(wrapped("✗ " + correction, width: width, indent: 2)) }
    blocks += remarks.map { wrapped("• " + $0, width: width, indent: 2) }
    blocks.append("lectures \(deck)")
    return blocks.joined(separator: "\n\n")
  }
}

extension LessonPage.Cell {
  /// `y[0,0] = 1·7 + 0·2 + … = 6`, broken between terms where it is long.
  public func text(width: Int = 96) -> String {
    // An answer of the quiz, `a)`, is a statement.
    let sign = name.hasSuffix(")") ? " " : " = "
    return wrapped(name + sign + arithmetic, width: width, indent: name.count + sign.count)
  }

  /// The arithmetic, below the window and the kernel side by side.
  public func stepText(width: Int = 96) -> String {
    guard let window, let kernel, window.count > 1, window.count == kernel.count else { return text(width: width) }
    let (left, right) = (grid(window), grid(kernel))
    let columns = max(left.map(\.count).max() ?? 0, "window".count)
    let lines = zip(["window"] + left, ["kernel"] + right).map { l, r in
      "  " + l + String(repeating: " ", count: columns - l.count + 4) + r
    }
    return (lines + [text(width: width)]).joined(separator: "\n")
  }
}

extension LessonPage.Exhibit {
  func text(width: Int) -> String {
    if let rows { return ([name] + grid(rows).map { "  " + $0 }).joined(separator: "\n") }
    if let number { return "\(name)   \(number == number.rounded() ? grouped(number) : spelled(number))" }
    if let table {
      let columns = table.map(\.count).max() ?? 0
      let numeric = (1..<max(columns, 1)).filter { column in
        table.dropFirst().allSatisfy { row in
          column >= row.count || row[column].allSatisfy { "0123456789,.−".contains($0) }
        }
      }
      return ([name] + aligned(table, rightAligned: Set(numeric)).map { "  " + $0 }).joined(separator: "\n")
    }
    return wrapped("\(name)   \(text ?? "")", width: width, indent: 2)
  }

  private func grouped(_ number: Double) -> String {
    abs(number) < 1e15 ? (number < 0 ? "−" : "") + FoveaLayers.grouped(Int(abs(number))) : spelled(number)
  }
}

/// Texts below one another; an empty line around those of several lines.
private func stacked(_ texts: [String]) -> String {
  var result = texts.first ?? ""
  for (previous, text) in zip(texts, texts.dropFirst()) {
    result += (previous.contains("\n") || text.contains("\n") ? "\n\n" : "\n") + text
  }
  return result
}

/// The text in lines of at most `width` characters, broken at blanks; the lines after the first are indented.
func wrapped(_ text: String, width: Int, indent: Int) -> String {
  var lines: [String] = []
  var line = ""
  for word in text.split(separator: " ", omittingEmptySubsequences: false) {
    let space = lines.isEmpty ? width : width - indent
    if !line.isEmpty, line.count + 1 + word.count > space {
      lines.append(line)
      line = ""
    }
    line += (line.isEmpty ? "" : " ") + word
  }
  lines.append(line)
  return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
}
