import FoveaTestSupport
import Foundation
import Testing

@Test(
  .serialized,
  arguments: [
    ["resnet20", "--training", "--batch-size", "128"], ["resnet18", "--training", "--batch-size", "8"],
    ["alexnet", "--training", "--batch-size", "3"], ["mobilenet-v3-small", "--training", "--batch-size", "7"],
    ["googlenet", "--training", "--batch-size", "3"], ["wav2letter-mfcc", "--training", "--batch-size", "3"],
    ["densenet-cifar", "--training", "--batch-size", "13"], ["resnet18", "--batch-size", "1"],
    ["alexnet", "--batch-size", "1"],
  ])
func `the memory of the process is what was planned`(arguments: [String]) throws {
  // Kernels are measured the first time, which takes memory of its own.
  let memory = try #require(try Fovea(["summary"] + arguments + ["--json"]).object()["memory"] as? [String: Any])
  let processBytes = try #require(memory["processBytes"] as? Int)
  let report = try Fovea(["bench"] + arguments + ["--seconds", "0", "--json"]).object()
  let planned = try #require(report["plannedBytes"] as? Int)
  let measured = try #require(report["peakResidentBytes"] as? Int)
  #expect(planned == memory[arguments.contains("--training") ? "peakBytes" : "peakBytesFromFile"] as? Int)
  let expected = planned + processBytes
  #expect(Double(measured) <= 1.03 * Double(expected), "expected \(expected), measured \(measured)")
  #expect(measured >= expected - 12 << 20, "expected \(expected), measured \(measured)")
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
  // Nothing is validated here.
  let far = try Fovea(training + ["--memory-limit", "1MB"])
  #expect(far.status == 1 && far.errors.contains("even where results are computed again instead of kept"))
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

/// Dense layers' weights are prepared once more for validation; whoever trains has them once.
@Test func `a training with validation keeps its memory limit`() throws {
  let folder = TemporaryFolder()
  let data = TinyData.digits(in: folder, train: 40, test: 13, side: 20)
  let model = "input 20x20x1 - fc 4096 - relu - fc 4096 - relu - fc 10"
  let train = ["train", model, "--data", data, "--epochs", "1", "--batch-size", "13", "--output", folder.path("o")]
  let refused = try Fovea(train + ["--memory-limit", "250MB"])
  #expect(refused.status == 1)
  #expect(refused.errors.contains("are needed at once for validation, more than the limit of 250.0 MB; use a smaller"))
  let training = try RunningFovea(train + ["--overwrite", "--memory-limit", "330MB"])
  var most = 0
  while training.isRunning, let bytes = residentBytes(training, "VmHWM") {
    most = max(most, bytes)
    usleep(2000)
  }
  let result = training.waitForResult()
  #expect(result.status == 0, "\(result.errors)")
  #expect(most > 250_000_000 && most <= 330_000_000, "\(most)")
}
