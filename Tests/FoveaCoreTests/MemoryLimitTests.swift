import FoveaCore
import Testing

@Test func `what fits into memory is no problem, what does not is one in words`() {
  #expect(MemoryLimit.bytes > 1 << 26)
  #expect(MemoryLimit.problem(with: MemoryLimit.bytes) == nil)
  let problem = MemoryLimit.problem(with: 3_250_000_000_000_000)
  #expect(problem?.hasPrefix("3.3 PB are needed at once, this machine has ") == true)
}
