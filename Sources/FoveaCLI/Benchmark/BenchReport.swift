import FoveaCore
import FoveaNetwork

/// What `fovea bench` found.
struct BenchReport: Encodable {
  let model: String
  /// `infer` or `train`.
  let mode: String
  let batchSize: Int
  let backend: BackendChoice
  let threads: Int
  let imagesPerSecond: Double
  let lowerQuartile: Double
  let upperQuartile: Double
  let runs: Int
  /// Of the whole process, before the ceilings were measured.
  let peakResidentBytes: Int
  /// What the plan says that the program holds at once.
  let plannedBytes: Int
  /// Floating-point operations of matrix products and convolutions, a multiply-add being two.
  let operationsPerSecond: Double
  let ceilings: Ceilings
  let profile: ProfileTable?

  /// In the units and the order of the peers' benchmark, then the rest.
  var text: String {
    let engine = "fovea" + String(repeating: " ", count: 9)
    let speed = String(printf: "%10.2f", imagesPerSecond)
    let peak = String(printf: "%.0f", Double(peakResidentBytes) / 1_048_576)
    let spread = String(printf: "%.2f to %.2f", lowerQuartile, upperQuartile)
    let first =
      "\(mode) \(model) batch \(batchSize) \(engine) \(speed) images/s  peak \(peak) MiB"
      + "  (quartiles \(spread), \(counted(runs, "run")), \(counted(threads, "thread")))"
    let share = percent(operationsPerSecond / ceilings.operationsPerSecond)
    let second =
      "\(gigas(operationsPerSecond)) GFLOP/s, \(share) of this machine's matrix product"
      + " (\(gigas(ceilings.operationsPerSecond)) GFLOP/s; memory \(gigas(ceilings.bytesPerSecond)) GB/s)"
    return ([first, second] + (profile.map { ["", $0.description] } ?? [])).joined(separator: "\n")
  }
}

/// `1.234e9` → `1.2`.
func gigas(_ number: Double) -> String { String(printf: "%.1f", number / 1e9) }
