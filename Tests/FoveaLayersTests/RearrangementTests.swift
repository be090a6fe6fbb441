import FoveaLayers
import Testing

@Test func `upsampling stretches by a factor or to a size`() throws {
  try check(Upsample1D(3), input: [5, 2], output: [15, 2])
  try check(Upsample2D(Size2D(2, 1), interpolation: .linear), input: [5, 6, 3], output: [10, 6, 3])
  try check(
    Upsample2D(to: Size2D(3, 20), interpolation: .cubic, alignsCorners: true), input: [5, 6, 3], output: [3, 20, 3])
  try check(Upsample3D(2, interpolation: .linear), input: [2, 3, 4, 5], output: [4, 6, 8, 5])
}

@Test func `upsampling by 1 is nothing at all`() throws {
  #expect(try trace(Upsample2D(1, interpolation: .cubic), input: [4, 4, 1]).graph.nodes.count == 1)
}

@Test func `channels become pixels and back`() throws {
  try check(PixelShuffle(2), input: [3, 5, 12], output: [6, 10, 3])
  try check(PixelUnshuffle(3), input: [6, 9, 2], output: [2, 3, 18])
}

@Test func `parts and copies along axes`() throws {
  try check(Crop(before: [1, 0], after: [2, 1]), input: [7, 4], output: [4, 3])
  try check(Crop2D(2), input: [28, 27, 1], output: [24, 23, 1])
  try check(Crop2D(top: 1, right: 3), input: [5, 6, 2], output: [4, 3, 2])
  try check(Gather([2, 2, 0, 1], axis: 3), input: [4, 5, 3], output: [4, 5, 4])
  try check(Flip(axes: [1, 2]), input: [4, 5, 3], output: [4, 5, 3])
  try check(Repeat([2, 1, 3]), input: [4, 5, 3], output: [8, 5, 9])
  try check(RepeatVector(6), input: [4], output: [6, 4])
}

@Test func `labels become rows with a one`() throws {
  let builder = GraphBuilder(isTraining: false)
  let rows = OneHot(classes: 10)(builder.input("labels", shape: [7], elementType: .int32))
  #expect(rows.shape == [7, 10])
  #expect(rows.elementType == .float32)
  _ = try builder.finish()
}
