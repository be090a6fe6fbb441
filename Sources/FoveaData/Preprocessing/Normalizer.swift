/// Turns bytes into a network's numbers by looking them up: 256 results for each channel are computed once.
public struct Normalizer: Sendable {
  /// 256 numbers for each of the network's channels.
  private let table: [Float]
  private let sampleColor: Image.Color
  private let color: Image.Color
  /// Which of a sample's three bytes the network's first channel is: 0, or 2 where blue comes first.
  private let first: Int

  /// - Parameters:
  ///   - preprocessing: what is done to each sample first.
  ///   - sampleColor: what the bytes are; grey becomes three equal channels and RGB becomes grey if the network wants
  ///     it so.
  public init(_ preprocessing: Preprocessing, sampleColor: Image.Color) {
    self.sampleColor = sampleColor
    color = preprocessing.color
    first = preprocessing.order == .bgr ? 2 : 0
    table = zip(preprocessing.mean, preprocessing.deviation).flatMap { mean, deviation in
      (0..<256).map { (Float(Double($0) * preprocessing.scale) - mean) / deviation }
    }
  }

  /// How many numbers a pixel becomes.
  var channels: Int { color.rawValue }

  /// Writes the numbers of all pixels, as many as the pixels have channels for the network.
  public func normalize(_ bytes: UnsafeBufferPointer<UInt8>, into numbers: UnsafeMutablePointer<Float>) {
    guard let source = bytes.baseAddress else { return }
    table.withUnsafeBufferPointer { table in
      let (red, green, blue) = (table.baseAddress!, table.baseAddress! + 256, table.baseAddress! + 512)
      switch (sampleColor, color) {
      case (.gray, .gray):
        for i in bytes.indices { numbers[i] = red[Int(source[i])] }
      case (.rgb, .gray):
        for i in 0..<(bytes.count / 3) { numbers[i] = red[Int(luma(source + 3 * i))] }
      case (.gray, .rgb):
        for i in bytes.indices {
          let value = Int(source[i])
          (numbers[3 * i], numbers[3 * i + 1], numbers[3 * i + 2]) = (red[value], green[value], blue[value])
        }
      case (.rgb, .rgb):
        let last = 2 - first
        for i in 0..<(bytes.count / 3) {
          let (old, new) = (source + 3 * i, numbers + 3 * i)
          new[0] = red[Int(old[first])]
          new[1] = green[Int(old[1])]
          new[2] = blue[Int(old[last])]
        }
      }
    }
  }
}
