import FoveaLayers
import FoveaTraining

/// Which classes are taken for which: the whole matrix for a few classes, the commonest mistakes for many.
struct ConfusionTable: CustomStringConvertible {
  private let counts: [[Int]]
  private let names: [String]
  private static let mostColumns = 16

  init(_ evaluation: Evaluation, classNames: [String]) {
    counts = evaluation.confusion
    names = counts.indices.map { $0 < classNames.count ? classNames[$0] : "\($0)" }
  }

  var description: String { counts.count <= Self.mostColumns ? matrix : mistakes }

  private var matrix: String {
    let head = ["", ""] + counts.indices.map(String.init)
    let rows = counts.enumerated().map { label, row in
      [names[label], "\(label)"] + row.map { $0 == 0 ? "·" : "\($0)" }
    }
    let lines = aligned([head] + rows, rightAligned: Set(1..<(counts.count + 2)))
    return (["rows: the label, columns: the guess"] + lines).joined(separator: "\n")
  }

  private var mistakes: String {
    var cells: [(label: Int, guess: Int, count: Int)] = []
    for (label, row) in counts.enumerated() {
      for (guess, count) in row.enumerated() where guess != label && count > 0 { cells.append((label, guess, count)) }
    }
    cells.sort { ($1.count, $0.label, $0.guess) < ($0.count, $1.label, $1.guess) }
    let rows = cells.prefix(10).map { ["\($0.count)", names[$0.label], names[$0.guess]] }
    guard !rows.isEmpty else { return "no mistakes" }
    return (["the commonest mistakes:"] + aligned([["count", "label", "guess"]] + rows, rightAligned: [0]))
      .joined(separator: "\n")
  }
}
