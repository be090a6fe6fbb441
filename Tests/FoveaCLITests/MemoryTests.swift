import FoveaTestSupport
import Testing

/// What the process has besides what the plan counts: libraries, the kernels' code, the batch itself.
private let processBytes = 52 << 20

@Test(
  .serialized,
  arguments: [
    ["resnet20", "--training", "--batch-size", "128"], ["resnet18", "--training", "--batch-size", "8"],
    ["resnet18", "--batch-size", "1"], ["alexnet", "--batch-size", "1"],
  ])
func `the memory of the process is what was planned`(arguments: [String]) throws {
  // Kernels are measured the first time, which takes memory of its own.
  _ = try Fovea(["bench"] + arguments + ["--seconds", "0"])
  let report = try Fovea(["bench"] + arguments + ["--seconds", "0", "--json"]).object()
  let planned = try #require(report["plannedBytes"] as? Int)
  let measured = try #require(report["peakResidentBytes"] as? Int)
  #expect(planned < measured)
  #expect(Double(measured) <= 1.03 * Double(planned) + Double(processBytes), "planned \(planned), measured \(measured)")
}

@Test func `a training keeps its memory limit, with the same numbers`() throws {
  let training = ["bench", "resnet20", "--training", "--batch-size", "256", "--seconds", "0"]
  let whole = try Fovea(training + ["--json"]).object()
  let peak = try #require(whole["peakResidentBytes"] as? Int)
  let limited = try Fovea(training + ["--json", "--memory-limit", "\(peak * 6 / 10 / 1_000_000)MB"]).object()
  #expect(try #require(limited["peakResidentBytes"] as? Int) <= peak * 6 / 10)
  let refused = try Fovea(training + ["--memory-limit", "60MB"])
  #expect(refused.status == 1)
  #expect(refused.errors.contains("are needed at once, even where results are computed again instead of kept"))
  #expect(refused.errors.contains("more than the limit of 60.0 MB; use a smaller batch"))
}

@Test(arguments: [
  (["summary", "lenet5", "--memory-limit", "1GB"], "--memory-limit is for --training"),
  (
    ["train", "lenet5", "--memory-limit", "much"],
    "--memory-limit takes a size such as 800MB, 1.5GB or 2GiB, not 'much'"
  ),
  (["bench", "lenet5", "--training", "--memory-limit", "0GB"], "--memory-limit takes a size such as"),
])
func `a memory limit that makes no sense`(arguments: [String], text: String) throws {
  let result = try Fovea(arguments)
  #expect(result.status == 2)
  #expect(result.errors.contains(text))
}
