import FoveaCore
import FoveaGraph
import FoveaReference
import Testing

@Test func `dropout keeps the elements whose random word reaches the threshold`() throws {
  let (seed, step, stream) = (0xFEDC_BA98_7654_3210 as UInt64, 0x8000_0001, 77 as UInt32)
  let dropout = Op.Dropout(rate: 0.25, stream: stream)
  let state = [Int32(bitPattern: 0x7654_3210), Int32(bitPattern: 0xFEDC_BA98), Int32(bitPattern: 0x8000_0001), 0]
  let x = ReferenceTensor<Float>((0..<10_000).map { Float($0 + 1) }, shape: [100, 100])
  let y = dropout.run([x, ReferenceTensor(integers: state, shape: [4])], shape: x.shape)

  let random = RandomStream(seed: seed, stream: stream, step: step)
  for i in x.values.indices {
    #expect(y.values[i] == (random.bits(i) >= 0x4000_0000 ? x.values[i] / 0.75 : 0))
  }
  let kept = Double(y.values.count { $0 != 0 }) / 10_000
  #expect(abs(kept - 0.75) < 0.02)
}
