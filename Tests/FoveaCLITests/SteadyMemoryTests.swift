import FoveaTestSupport
import Foundation
import Testing

/// The resident memory of a process now, or, as `VmHWM`, the most that it had, in bytes; `nil` once it has ended.
func residentBytes(_ process: RunningFovea, _ name: String = "VmRSS") -> Int? {
  let status = try? String(contentsOfFile: "/proc/\(process.identifier)/status", encoding: .utf8)
  let line = status?.split(separator: "\n").first { $0.hasPrefix(name + ":") }
  return line.flatMap { Int($0.split(separator: " ").dropLast().last!) }.map { $0 * 1024 }
}

@Test(.serialized, arguments: ["lenet5", "conv 4 3x3 - bn - relu - pool - dropout 0.1 - fc 10"])
func `ten thousand steps need no more memory than a thousand`(model: String) throws {
  let folder = TemporaryFolder()
  let data = TinyData.digits(in: folder, train: 2005, test: 40, side: 28)
  let output = folder.path("out")
  let log = output + "/metrics.jsonl"
  // An epoch is 250 full batches and a last one of five; each ends with validation and a checkpoint.
  let training = try RunningFovea([
    "train", model, "--data", data, "--epochs", "41", "--batch-size", "8", "--augment", "crop:1", "--quiet",
    "--output", output,
  ])
  var memory: [Int] = []
  for epoch in 1...40 {
    let lines = epoch * 252
    while training.isRunning, lineCount(log) < lines { usleep(10_000) }
    guard training.isRunning else { break }
    memory.append(try #require(residentBytes(training)))
  }
  let result = training.waitForResult()
  #expect(result.status == 0, "\(result.errors)")
  try #require(memory.count == 40, "it ran until step 10,040")
  // Four epochs of warm-up. Afterwards it may move by what an allocator keeps between two checkpoints.
  let (before, after) = (memory[3..<10].max()!, memory[30...].max()!)
  #expect(after <= before + 512 << 10, "resident bytes at the end of each epoch: \(memory)")
}

private func lineCount(_ path: String) -> Int {
  (try? Data(contentsOf: URL(fileURLWithPath: path)))?.count { $0 == 0x0A } ?? 0
}
