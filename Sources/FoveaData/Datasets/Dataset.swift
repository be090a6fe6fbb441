public import FoveaCore

/// Labelled samples of one size, any of which can be read at any time, from any thread.
public protocol Dataset: Sendable {
  var count: Int { get }

  /// What the labels `0..<classNames.count` stand for.
  var classNames: [String] { get }

  /// `H×W×C`, with one channel (grey) or three (red, green, blue); any shape where samples are whole numbers.
  var sampleShape: Shape { get }

  /// What a sample is made of: `uint8`, the bytes of a picture, or `int32`, words or classes by their numbers.
  var elementType: ElementType { get }

  func label(at index: Int) -> Int

  /// Writes the bytes of a sample: `sampleShape.count` of a picture, four times as many of whole numbers.
  /// - Errors: whatever keeps the sample from being read, with its file.
  func read(_ index: Int, into pixels: UnsafeMutableBufferPointer<UInt8>) throws
}

extension Dataset {
  /// Pictures.
  public var elementType: ElementType { .uint8 }

  /// The bytes of a sample.
  package var sampleBytes: Int { sampleShape.count * elementType.byteCount }

  /// A sample as a picture.
  ///
  /// - Errors: no such sample; samples that are no pictures; what keeps it from being read.
  public func image(at index: Int) throws -> Image {
    guard 0..<count ~= index else { throw DataError(.usage, "sample \(index)", "it is outside 0..<\(count)") }
    guard sampleShape.isPicture, elementType == .uint8 else {
      throw DataError(.usage, "sample \(index)", "it is \(sampleShape) of \(elementType), which is no picture")
    }
    var pixels = [UInt8](repeating: 0, count: sampleShape.count)
    try pixels.withUnsafeMutableBufferPointer { try read(index, into: $0) }
    let color: Image.Color = sampleShape.channels == 1 ? .gray : .rgb
    return Image(height: sampleShape[0], width: sampleShape[1], color: color, pixels: pixels)
  }

  /// The first `count` samples, or all if there are fewer.
  public func prefix(_ count: Int) -> Subset { Subset(of: self, indices: Array(0..<min(max(count, 0), self.count))) }

  /// Two parts without common samples: a random `fraction` of all, and the rest. The same seed gives the same parts.
  public func holdingOut(_ fraction: Double, seed: UInt64 = 0) -> (rest: Subset, heldOut: Subset) {
    let order = RandomStream(seed: seed, stream: RandomStream.identifier(of: "held-out samples")).permutation(of: count)
    let fraction = fraction > 0 ? min(fraction, 1) : 0  // what is not a number holds nothing out
    let heldOut = Int((Double(count) * fraction).rounded())
    return (
      Subset(of: self, indices: order[heldOut...].sorted()), Subset(of: self, indices: order[..<heldOut].sorted())
    )
  }
}

/// Some samples of another data set.
public struct Subset: Dataset {
  private let base: any Dataset
  private let indices: [Int]

  /// - Parameters:
  ///   - base: what is chosen from.
  ///   - indices: which samples, in which order; each must be in `0..<base.count`, as for an array.
  public init(of base: any Dataset, indices: [Int]) {
    precondition(indices.allSatisfy { 0..<base.count ~= $0 }, "an index is outside 0..<\(base.count)")
    (self.base, self.indices) = (base, indices)
  }

  public var count: Int { indices.count }
  public var classNames: [String] { base.classNames }
  public var sampleShape: Shape { base.sampleShape }
  public var elementType: ElementType { base.elementType }
  public func label(at index: Int) -> Int { base.label(at: indices[index]) }

  public func read(_ index: Int, into pixels: UnsafeMutableBufferPointer<UInt8>) throws {
    try base.read(indices[index], into: pixels)
  }
}
