import FoveaCore
import FoveaData

/// Ten classes of pictures that can be told apart: three parts of a coarse picture of the class, one part noise.
/// `Scripts/make-loss-fixture.py` computes the same.
///
/// - Parameter shape: H×W×C, height and width multiples of 4.
func pictureClasses(_ count: Int, shape: Shape, seed: UInt64 = 1) throws -> ArrayDataset {
  func stream(_ name: String) -> RandomStream {
    RandomStream(seed: seed, stream: RandomStream.identifier(of: name))
  }
  let (labels, pictures, noise) = (stream("labels"), stream("pictures"), stream("noise"))
  let (width, channels, cell) = (shape[1], shape[2], 4)
  let coarse: Shape = [10, shape[0] / cell, width / cell, channels]
  var pixels = [UInt8](repeating: 0, count: count * shape.count)
  let classes = (0..<count).map { labels.integer($0, below: 10) }
  let strides = coarse.rowMajorStrides
  for sample in 0..<count {
    for pixel in 0..<shape.count {
      let (row, column, channel) = (pixel / (width * channels), pixel / channels % width, pixel % channels)
      let picture = pictures.bits(
        classes[sample] * strides[0] + row / cell * strides[1] + column / cell * strides[2] + channel)
      let index = sample * shape.count + pixel
      pixels[index] = UInt8((3 * (picture >> 24) + noise.bits(index) >> 24) / 4)
    }
  }
  return try ArrayDataset(
    pixels: pixels, labels: classes.map { UInt8($0) }, sampleShape: shape, classNames: (0..<10).map(String.init))
}
