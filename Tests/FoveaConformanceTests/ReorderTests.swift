import FoveaCompiler
import FoveaCore
import FoveaOneDNN
import Testing

private func moved(_ numbers: [UInt32], _ shape: Shape, from source: Layout, to target: Layout) throws -> [UInt32] {
  let kernel = try #require(try OneDNNBackend().reorder(shape, .float32, from: source, to: target))
  let isFull = [source, target].allSatisfy { $0.byteCount(shape, .float32) == shape.count * 4 }
  #expect(kernel.name.hasPrefix(isFull ? "c copy" : "onednn"))
  var numbers = numbers
  var result = [UInt32](repeating: .max, count: target.byteCount(shape, .float32) / 4)
  try numbers.withUnsafeMutableBytes { from in
    try result.withUnsafeMutableBytes { to in
      try kernel.prepare(.init(inputs: [UnsafeRawPointer(from.baseAddress!)], output: to.baseAddress!, scratch: nil))()
    }
  }
  return result
}

/// Blocks that are not full are filled with zeros by oneDNN.
@Test(
  arguments: [[1, 3, 5, 32], [2, 7, 1, 48], [3, 6, 16], [2, 2, 3, 4, 8], [2, 1, 1, 16], [2, 3, 5, 17]] as [Shape])
func `channels go into blocks and out of them, from any strides`(shape: Shape) throws {
  let numbers = (0..<UInt32(shape.count)).map { $0 }
  let positions = shape.dimensions[1..<(shape.rank - 1)].reduce(1, *)
  for width in [8, 16] {
    let blocks = (shape.channels + width - 1) / width
    // N × C / width × positions × width, by definition.
    let expected = (0..<(shape[0] * blocks * positions * width)).map { place -> UInt32 in
      let (lane, position) = (place % width, place / width % positions)
      let (block, image) = (place / width / positions % blocks, place / width / positions / blocks)
      let channel = block * width + lane
      return channel < shape.channels ? UInt32((image * positions + position) * shape.channels + channel) : 0
    }
    let blocked = try Layout.blocked(shape, width, .float32)
    #expect(try moved(numbers, shape, from: .rowMajor(shape), to: blocked) == expected)
    #expect(try moved(expected, shape, from: blocked, to: .rowMajor(shape)) == numbers)
    // Channels before positions.
    let turned = [shape.count / shape[0]] + Shape(Array(shape.dimensions[1..<(shape.rank - 1)])).rowMajorStrides
    let planes = Layout.strided(turned + [positions])
    let asPlanes = try moved(numbers, shape, from: .rowMajor(shape), to: planes)
    #expect(asPlanes[0..<positions].elementsEqual((0..<positions).map { UInt32($0 * shape.channels) }))
    #expect(try moved(asPlanes, shape, from: planes, to: blocked) == expected)
    #expect(try moved(expected, shape, from: blocked, to: planes) == asPlanes)
  }
}

@Test func `a layout that is none of oneDNN's is not taken for blocks of channels`() throws {
  let shape: Shape = [4, 5, 64, 128]
  let strange = Layout.native(NativeLayout(bytes: [1, 2, 3], byteCount: shape.count * 4, name: "strange"))
  #expect(throws: (any Error).self) {
    try OneDNNBackend().reorder(shape, .float32, from: strange, to: .rowMajor(shape))
  }
}
