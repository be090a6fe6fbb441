import FoveaCore
import Testing

/// Every order of four axes.
private let orders: [[Int]] = (0..<256).map { [$0 / 64, $0 / 16 % 4, $0 / 4 % 4, $0 % 4] }.filter { Set($0).count == 4 }

@Test(arguments: [[3, 40, 2, 35], [70, 1, 33, 1], [1, 5, 1, 1], [2, 3, 64, 4]])
func `every element of a permuted tensor is where its indices say`(sizes: [Int]) {
  let shape = Shape(sizes)
  let tensor = Tensor((0..<shape.count).map { Float($0) }, shape: shape)
  let strides = shape.rowMajorStrides
  for order in orders {
    let permuted = tensor.permuted(order)
    #expect(permuted.shape == Shape(order.map { sizes[$0] }))
    let places = permuted.shape.rowMajorStrides
    let wanted = (0..<shape.count).map { place in
      Float((0..<4).reduce(0) { $0 + place / places[$1] % permuted.shape[$1] * strides[order[$1]] })
    }
    #expect(permuted.floats == wanted, "\(order)")
  }
}

@Test func `tensors of two-byte and one-byte elements are permuted too, and scalars and empty ones stay`() {
  let halves = Tensor([1, 2, 3, 4, 5, 6].map { BFloat16($0) }, shape: [2, 3])
  #expect(halves.permuted([1, 0]).floats == [1, 4, 2, 5, 3, 6])
  let bytes = Tensor([1, 2, 3, 4, 5, 6] as [UInt8], shape: [3, 2])
  #expect(bytes.permuted([1, 0]).array(of: UInt8.self) == [1, 3, 5, 2, 4, 6])
  #expect(Tensor(7).permuted([]).floats == [7])
  #expect(Tensor([] as [Float], shape: [0, 3]).permuted([1, 0]).shape == [3, 0])
}
