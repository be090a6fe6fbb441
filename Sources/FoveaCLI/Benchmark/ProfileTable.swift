import FoveaCompiler
import FoveaCore
import FoveaLayers
import FoveaNetwork

/// The steps of a program with the time of each, beside what the machine could do.
struct ProfileTable: Encodable, CustomStringConvertible {
  struct Row: Encodable {
    let layer: String
    let operation: String
    let kernel: String
    let seconds: Double
    let operationsPerSecond: Double
    let bytesPerSecond: Double
    /// The least time that the machine's ceilings allow, as a part of the time that the step took. Above 1 where the
    /// numbers lay in a cache.
    let shareOfCeiling: Double
  }

  let rows: [Row]

  init(_ profile: ProgramProfile, _ ceilings: Ceilings) {
    rows = profile.steps.indices.map { index in
      let (step, seconds, runs) = (profile.steps[index], profile.seconds[index], Double(profile.runs[index]))
      return Row(
        layer: step.path, operation: step.operation, kernel: step.kernel.name, seconds: seconds,
        operationsPerSecond: 2 * runs * Double(step.multiplyAdds) / seconds,
        bytesPerSecond: runs * Double(step.bytesMoved) / seconds,
        shareOfCeiling: runs * ceilings.leastSeconds(of: step) / seconds)
    }
  }

  func encode(to encoder: any Encoder) throws { try rows.encode(to: encoder) }

  var description: String {
    let head = ["layer", "operation", "kernel", "ms", "of all", "GFLOP/s", "GB/s", "of ceiling"]
    let total = rows.reduce(0) { $0 + $1.seconds }
    let body = rows.map { row in
      [
        row.layer, row.operation, row.kernel, String(printf: "%.3f", 1000 * row.seconds), percent(row.seconds / total),
        row.operationsPerSecond > 0 ? gigas(row.operationsPerSecond) : "", gigas(row.bytesPerSecond),
        String(printf: "%.0f %%", 100 * row.shareOfCeiling),
      ]
    }
    let kinds = Dictionary(grouping: rows, by: \.operation).mapValues { $0.reduce(0) { $0 + $1.seconds } }
    let sums = kinds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { kind, seconds in
      [kind, String(printf: "%.3f", 1000 * seconds), percent(seconds / total)]
    }
    return
      (aligned([head] + body, rightAligned: [3, 4, 5, 6, 7]) + [""]
      + aligned([["operation", "ms", "of all"]] + sums, rightAligned: [1, 2])).joined(separator: "\n")
  }
}
