public import FoveaCore

/// What is done to a picture before a network sees it; a model file carries it, so that predicting needs no questions.
///
/// First the size: the short side is scaled to `shortSide`, then the middle is cropped to `crop`. Then the numbers:
/// `(byte · scale - mean) / deviation` for each channel.
public struct Preprocessing: Sendable, Hashable {
  public enum ChannelOrder: String, Sendable, Hashable, Codable {
    case rgb
    /// Blue first, as networks from Caffe want it.
    case bgr
  }

  /// Where the middle begins if a half pixel is left over on each side.
  public enum CropRounding: String, Sendable, Hashable, Codable {
    /// At the even one of the two positions, as torchvision's `center_crop` has it.
    case even
    /// At the one before, as TensorFlow's central crops have it.
    case down
  }

  /// The length of the short side in pixels; without it, a picture is scaled until it just covers `crop`.
  public let shortSide: Int?
  /// `H×W` of the middle that is kept; without it, all.
  public let crop: Shape?
  public let cropRounding: CropRounding
  public let color: Image.Color
  public let order: ChannelOrder
  public let scale: Double
  /// One number for each channel, in the order the network sees them.
  public let mean: [Float]
  public let deviation: [Float]

  /// - Parameters:
  ///   - shortSide: what the shorter side is made, in pixels.
  ///   - crop: what is cut out of the middle.
  ///   - color: of the pixels.
  ///   - cropRounding: where the middle begins if a half pixel is left over.
  ///   - order: of the colours.
  ///   - scale: what bytes are multiplied by.
  ///   - mean: one number for each channel, or one for all.
  ///   - deviation: the same; not zero.
  /// - Errors: a side or crop below 1; not one number, nor one for each channel; a number that is not finite; a
  ///   deviation of zero.
  public init(
    shortSide: Int? = nil, crop: Shape? = nil, cropRounding: CropRounding = .even, color: Image.Color = .rgb,
    order: ChannelOrder = .rgb,
    scale: Double = 1 / 255, mean: [Float] = [0], deviation: [Float] = [1]
  ) throws(DataError) {
    func check(_ condition: Bool, _ reason: @autoclosure () -> String) throws(DataError) {
      if !condition { throw DataError(.usage, "preprocessing", reason()) }
    }
    let sizes = 1...65_535
    try check(shortSide.map(sizes.contains) ?? true, "a short side of \(shortSide ?? 0) pixels is outside 1...65535")
    try check(
      crop.map { $0.rank == 2 && $0.dimensions.allSatisfy(sizes.contains) } ?? true,
      "a crop has the shape height×width, each in 1...65535, not \(crop ?? [])")
    for (name, numbers) in [("mean", mean), ("deviation", deviation)] {
      try check(
        [1, color.rawValue].contains(numbers.count),
        "the \(name) has \(numbers.count) numbers for \(color.rawValue) channels")
    }
    try check(scale.isFinite && (mean + deviation).allSatisfy(\.isFinite), "scale, mean and deviation must be finite")
    try check(!deviation.contains(0), "a deviation is zero")
    (self.shortSide, self.crop, self.cropRounding) = (shortSide, crop, cropRounding)
    (self.color, self.order) = (color, order)
    func each(_ numbers: [Float]) -> [Float] {
      numbers.count == color.rawValue ? numbers : [Float](repeating: numbers[0], count: color.rawValue)
    }
    (self.scale, self.mean, self.deviation) = (scale, each(mean), each(deviation))
  }

  /// The usual preprocessing of networks trained on ImageNet: short side 256, crop 224, channels normalised.
  public static let imageNet = try! Preprocessing(
    shortSide: 256, crop: [224, 224], mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])

  /// A picture as the network's input: `H×W×C`, float32.
  public func apply(_ image: Image) -> Tensor {
    let image = sized(image.converted(to: color))
    let normalizer = Normalizer(self, sampleColor: color)
    return Tensor(shape: image.shape, elementType: .float32) { bytes in
      let numbers = bytes.bindMemory(to: Float.self)
      image.pixels.withUnsafeBufferPointer { normalizer.normalize($0, into: numbers.baseAddress!) }
    }
  }

  /// The picture brought to the network's size.
  func sized(_ image: Image) -> Image {
    switch (shortSide, crop) {
    case (nil, nil): return image
    case (nil, let crop?): return image.covering(height: crop[0], width: crop[1])
    case (let side?, nil):
      let size = image.size(shortSide: side)
      return image.resized(height: size.height, width: size.width)
    case (let side?, let crop?):
      let size = image.size(shortSide: side)
      return image.resized(
        height: size.height, width: size.width, croppedTo: (crop[0], crop[1]), rounding: cropRounding)
    }
  }
}

extension Preprocessing: Codable {
  private enum Keys: String, CodingKey { case shortSide, crop, cropRounding, channels, order, scale, mean, deviation }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Keys.self)
    try self.init(
      shortSide: values.decodeIfPresent(Int.self, forKey: .shortSide),
      crop: values.decodeIfPresent(Shape.self, forKey: .crop),
      cropRounding: values.decodeIfPresent(CropRounding.self, forKey: .cropRounding) ?? .even,
      color: values.decode(Image.Color.self, forKey: .channels),
      order: values.decodeIfPresent(ChannelOrder.self, forKey: .order) ?? .rgb,
      scale: values.decode(Double.self, forKey: .scale),
      mean: values.decode([Float].self, forKey: .mean),
      deviation: values.decode([Float].self, forKey: .deviation))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Keys.self)
    try values.encodeIfPresent(shortSide, forKey: .shortSide)
    try values.encodeIfPresent(crop, forKey: .crop)
    if cropRounding != .even { try values.encode(cropRounding, forKey: .cropRounding) }
    try values.encode(color, forKey: .channels)
    try values.encode(order, forKey: .order)
    try values.encode(scale, forKey: .scale)
    try values.encode(mean, forKey: .mean)
    try values.encode(deviation, forKey: .deviation)
  }
}
