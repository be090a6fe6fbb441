import FoveaCore
import Testing

/// The known answers of Random123 (`kat_vectors`, philox4x32 with 10 rounds).
@Test(arguments: [
  (SIMD4<UInt32>.zero, SIMD2<UInt32>.zero, SIMD4<UInt32>(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8)),
  (
    SIMD4<UInt32>(repeating: .max), SIMD2<UInt32>(repeating: .max),
    SIMD4<UInt32>(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD)
  ),
  (
    SIMD4<UInt32>(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), SIMD2<UInt32>(0xA409_3822, 0x299F_31D0),
    SIMD4<UInt32>(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1)
  ),
])
func `Philox gives its published answers`(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, answer: SIMD4<UInt32>) {
  #expect(Philox(key: key)(counter) == answer)
}

@Test func `draws depend on seed, stream, step and index, and on nothing else`() {
  let stream = RandomStream(seed: 7, stream: 3, step: 5)
  #expect(stream.bits(11) == RandomStream(seed: 7, stream: 3, step: 5).bits(11))
  #expect(stream.bits(11) != RandomStream(seed: 8, stream: 3, step: 5).bits(11))
  #expect(stream.bits(11) != RandomStream(seed: 7, stream: 4, step: 5).bits(11))
  #expect(stream.bits(11) != RandomStream(seed: 7, stream: 3, step: 6).bits(11))
  #expect(stream.bits(11) != stream.bits(12))
}

@Test func `uniform and normal draws have the right moments`() {
  let stream = RandomStream(seed: 1, stream: RandomStream.identifier(of: "moments"))
  let count = 100_000
  let uniform = (0..<count).map { Double(stream.uniform($0)) }
  let normal = (0..<count).map { Double(stream.normal($0)) }
  func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
  #expect(uniform.allSatisfy { (0..<1).contains($0) })
  #expect(abs(mean(uniform) - 0.5) < 0.005)
  #expect(abs(mean(uniform.map { $0 * $0 }) - 1.0 / 3) < 0.005)
  #expect(abs(mean(normal)) < 0.015)
  #expect(abs(mean(normal.map { $0 * $0 }) - 1) < 0.02)
}

@Test func `a permutation holds every index once`() {
  let order = RandomStream(seed: 1, stream: 2).permutation(of: 1000)
  #expect(order.sorted() == Array(0..<1000))
  #expect(order != Array(0..<1000))
}
