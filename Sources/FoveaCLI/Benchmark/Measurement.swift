internal import FoundationEssentials

/// How long one piece of work takes, over and over.
struct Measurement {
  /// The seconds of each run, the shortest first.
  let seconds: [Double]

  /// At least three runs, for about `duration` seconds, after two that are not counted.
  init(seconds duration: Double, _ work: () throws -> Void) throws {
    try work()
    try work()
    let clock = ContinuousClock()
    let start = clock.now
    var times: [Double] = []
    while times.count < 3 || (clock.now - start) / .seconds(1) < duration {
      times.append(try clock.measure(work) / .seconds(1))
    }
    seconds = times.sorted()
  }

  /// The time that a fraction of the runs does not exceed.
  func quantile(_ fraction: Double) -> Double {
    let place = fraction * Double(seconds.count - 1)
    let (below, above) = (seconds[Int(place)], seconds[min(Int(place) + 1, seconds.count - 1)])
    return below + (above - below) * (place - place.rounded(.down))
  }
}

/// The most memory that the process has had in RAM at once.
///
/// Not `getrusage`'s: that begins with what the process had that started this one.
var peakResidentBytes: Int {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
  return (line?.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
}
