extension Summary: CustomStringConvertible {
  /// An aligned table of plain text: a line for each layer, and the totals.
  public var description: String {
    let head = ["layer", "kind", "output", "parameters", "multiply-adds", "bytes", "receptive field"]
    let body = layers.map { row in
      [
        row.path, row.kind, row.output.description, grouped(row.parameters), grouped(row.multiplyAdds),
        grouped(row.activationBytes), Self.spelled(row),
      ]
    }
    let total = ["total", "", "", grouped(parameters), grouped(multiplyAdds), grouped(activationBytes), ""]
    let lines = aligned([head] + body + [total], rightAligned: [3, 4, 5])
    let rule = String(repeating: "-", count: lines.map(\.count).max() ?? 0)
    var table = [lines[0], rule] + lines.dropFirst().dropLast() + [rule, lines[lines.count - 1]]
    if nonTrainable > 0 { table.append("and \(grouped(nonTrainable)) running statistics, which are not trained") }
    return table.joined(separator: "\n")
  }

  /// `14×14, step 2`; the step is left out where it is 1, or where one position is left.
  private static func spelled(_ row: Row) -> String {
    guard let size = row.receptiveField, let step = row.step, !size.isEmpty else { return "" }
    let isImage = row.output.rank == size.count + 1
    let isMoving = isImage && step.contains { $0 != 1 }
    let steps = Set(step).count == 1 ? "\(step[0])" : Shape(step).description
    return Shape(size).description + (isMoving ? ", step \(steps)" : "")
  }
}

/// `61706` → `61,706`.
package func grouped(_ number: Int) -> String {
  var digits = Array(String(abs(number)))
  for position in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: position) }
  return (number < 0 ? "-" : "") + String(digits)
}

/// Rows as lines, their columns two spaces apart.
package func aligned(_ rows: [[String]], rightAligned: Set<Int> = []) -> [String] {
  let columns = rows.map(\.count).max() ?? 0
  let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
  return rows.map { row in
    var line = row.enumerated().map { column, text in
      let space = String(repeating: " ", count: widths[column] - text.count)
      return rightAligned.contains(column) ? space + text : text + space
    }.joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    return line
  }
}
