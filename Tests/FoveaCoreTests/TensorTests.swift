import FoveaCore
import Testing

@Test func `a shape prints with crosses and broadcasts from the last axis`() {
  #expect(Shape([28, 28, 1]).description == "28×28×1")
  #expect(Shape([]).description == "scalar")
  #expect(Shape([2, 3, 4]).rowMajorStrides == [12, 4, 1])
  #expect(Shape([2, 3, 4]).broadcast(with: [4]) == [2, 3, 4])
  #expect(Shape([2, 1]).broadcast(with: [1, 5]) == [2, 5])
  #expect(Shape([]).broadcast(with: [5]) == [5])
  #expect(Shape([2, 3]).broadcast(with: [2]) == nil)
}

@Test func `a copy of a tensor does not see later writes`() {
  var a = Tensor([1, 2, 3] as [Float], shape: [3])
  let b = a
  a.withUnsafeMutableBytes { $0.bindMemory(to: Float.self)[0] = 9 }
  #expect(a.array() == [9, 2, 3])
  #expect(b.array() == [1, 2, 3])
}

@Test(arguments: [1, 3, 17, 1000]) func `tensors start at a multiple of 64 bytes`(count: Int) {
  Tensor(shape: [count], elementType: .uint8).withUnsafeBytes { #expect(UInt(bitPattern: $0.baseAddress) % 64 == 0) }
}

@Test func `bfloat16 rounds to nearest, ties to even`() {
  #expect(Float(BFloat16(1)) == 1)
  #expect(Float(BFloat16(1 + 0x1p-8)) == 1)  // a tie: down to the even fraction
  #expect(Float(BFloat16(1 + 3 * 0x1p-8)) == 1 + 0x1p-6)  // a tie: up to the even fraction
  #expect(Float(BFloat16(Float(bitPattern: 0x3F80_8001))) == 1 + 0x1p-7)
  #expect(Float(BFloat16(.infinity)) == .infinity)
  #expect(Float(BFloat16(.nan)).isNaN)
}
