public import FoveaCore

/// A random change to training samples that does not change their label.
///
/// What happens to a sample is a function of the seed, the epoch and the sample, so that it is the same on any number
/// of threads and after a resume.
public protocol Augmentation: Sendable {
  /// Writes the changed sample, of the same shape `H×W×C`, into `result`.
  func apply(
    to sample: UnsafeBufferPointer<UInt8>, shape: Shape, into result: UnsafeMutableBufferPointer<UInt8>,
    random: inout SampleRandom)
}

/// The random numbers for one sample in one epoch.
public struct SampleRandom: Sendable {
  private let stream: RandomStream
  private var next: Int

  /// - Parameter stream: of the augmentation that asks, see `stream(ofAugmentation:)`.
  init(seed: UInt64, stream: UInt32, epoch: Int, sample: Int) {
    self.stream = RandomStream(seed: seed, stream: stream, step: epoch)
    next = sample << 10  // room for 1024 draws before the next sample's begin
  }

  /// The stream of the augmentation at this position in the list.
  static func stream(ofAugmentation position: Int) -> UInt32 {
    RandomStream.identifier(of: "augmentation \(position)")
  }

  /// Uniform in 0..<1.
  public mutating func uniform() -> Float {
    defer { next += 1 }
    return stream.uniform(next)
  }

  /// Uniform in `0..<bound`.
  public mutating func integer(below bound: Int) -> Int {
    defer { next += 1 }
    return stream.integer(next, below: bound)
  }
}

/// Mirrors a sample left to right, or leaves it.
public struct HorizontalFlip: Augmentation, Hashable, Codable {
  /// 0...1.
  public var probability: Float

  public init(probability: Float = 0.5) { self.probability = probability }

  public func apply(
    to sample: UnsafeBufferPointer<UInt8>, shape: Shape, into result: UnsafeMutableBufferPointer<UInt8>,
    random: inout SampleRandom
  ) {
    guard random.uniform() < probability else {
      _ = result.update(fromContentsOf: sample)
      return
    }
    let (width, channels) = (shape[1], shape[2])
    for row in 0..<shape[0] {
      let from = sample.baseAddress! + row * width * channels
      let to = result.baseAddress! + row * width * channels
      if channels == 1 {
        for column in 0..<width { to[column] = from[width - 1 - column] }
      } else {
        for column in 0..<width {
          let (old, new) = (from + 3 * (width - 1 - column), to + 3 * column)
          (new[0], new[1], new[2]) = (old[0], old[1], old[2])
        }
      }
    }
  }
}

/// Adds `padding` black pixels on each side and takes a random part of the original size.
///
/// - Source: He, Zhang, Ren & Sun 2016, "Deep Residual Learning for Image Recognition", §4.2, with a padding of 4.
public struct RandomCrop: Augmentation, Hashable, Codable {
  /// In pixels.
  public var padding: Int

  public init(padding: Int = 4) { self.padding = max(padding, 0) }

  public func apply(
    to sample: UnsafeBufferPointer<UInt8>, shape: Shape, into result: UnsafeMutableBufferPointer<UInt8>,
    random: inout SampleRandom
  ) {
    let (height, width, channels) = (shape[0], shape[1], shape[2])
    let padding = min(max(padding, 0), 65_535)  // as large as pictures can be
    // Where the result's top left pixel lies in the sample: -padding...padding.
    let top = random.integer(below: 2 * padding + 1) - padding
    let left = random.integer(below: 2 * padding + 1) - padding
    result.update(repeating: 0)
    let rows = max(0, -top)..<max(0, -top, min(height, height - top))
    let columns = max(0, -left)..<max(0, -left, min(width, width - left))
    for row in rows where !columns.isEmpty {
      let from = ((row + top) * width + columns.lowerBound + left) * channels
      let to = (row * width + columns.lowerBound) * channels
      (result.baseAddress! + to).update(from: sample.baseAddress! + from, count: columns.count * channels)
    }
  }
}
