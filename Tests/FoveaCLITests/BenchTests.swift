import FoveaTestSupport
import Foundation
import Testing

@Test(arguments: [[], ["--training"]])
func `bench reports speed, memory, ceilings and the time of each step`(mode: [String]) throws {
  let report = try Fovea(
    ["bench", "lenet5", "--batch-size", "8", "--seconds", "0.1", "--profile", "--json"] + mode
  ).object()
  #expect(report["mode"] as? String == (mode.isEmpty ? "infer" : "train"))
  func number(_ key: String) throws -> Double { try #require(report[key] as? Double) }
  #expect(try number("lowerQuartile") <= number("imagesPerSecond"))
  #expect(try number("imagesPerSecond") <= number("upperQuartile"))
  #expect(try number("plannedBytes") > 61706 * 4 && number("peakResidentBytes") > number("plannedBytes"))
  let ceilings = try #require(report["ceilings"] as? [String: Double])
  let most = try #require(ceilings["operationsPerSecond"])
  // One core of any machine that this is built for does more than a billion operations, fewer than ten trillion.
  #expect(most > 1e9 && most < 1e13 && (ceilings["bytesPerSecond"] ?? 0) > 1e8)
  // 416,520 multiply-adds forward, three times as many in a step of training but for the first layer's input.
  let perImage = try number("operationsPerSecond") / number("imagesPerSecond")
  #expect(mode.isEmpty ? abs(perImage - 2 * 416_520) < 1 : perImage > 4 * 416_520 && perImage < 6 * 416_520)
  let steps = try #require(report["profile"] as? [[String: Any]])
  #expect(steps.contains { ($0["operation"] as? String)?.hasPrefix("convolution") == true })
  for step in steps {
    #expect(try #require(step["seconds"] as? Double) > 0)
    #expect(try #require(step["bytesPerSecond"] as? Double) > 0 && step["shareOfCeiling"] as? Double != nil)
  }
}

@Test func `bench prints one line in the peers' units, the ceilings, and a table`() throws {
  let plain = try Fovea("bench", "lenet5", "--batch-size", "4", "--seconds", "0")
  #expect(plain.output.contains(/infer lenet5 batch 4 fovea +[0-9.]+ images\/s +peak [0-9]+ MiB +\(quartiles/))
  #expect(plain.output.contains(/GFLOP\/s, [0-9.]+ % of this machine's matrix product/))
  #expect(!plain.output.contains("of ceiling"))
  let profile = try Fovea("bench", "lenet5", "--batch-size", "4", "--seconds", "0", "--profile", "--exact")
  #expect(profile.output.contains("of ceiling") && profile.output.contains("_pool"))
}

@Test func `bench trains models with an output for every pixel, too`() throws {
  let result = try Fovea(
    "bench", "unet-small:filters=4-8", "--input", "16x16x4", "--training", "--batch-size", "2", "--seconds", "0")
  #expect(result.status == 0 && result.output.hasPrefix("train unet-small"), "\(result.errors)")
}
