/// A size along every spatial axis of an example: an `Int` for a sequence, `Size2D` for an image, `Size3D` for a volume.
/// What a layer is generic over, so that its kinds in one, two and three dimensions are one text.
public protocol SpatialSize: Hashable, Sendable {
  /// The number of spatial axes.
  static var axes: Int { get }

  /// The same size along every axis.
  init(_ side: Int)

  /// One number for each axis.
  var sizes: [Int] { get }
}

extension Int: SpatialSize {
  public static var axes: Int { 1 }
  public var sizes: [Int] { [self] }
}

extension Size2D: SpatialSize { public static var axes: Int { 2 } }

/// A depth, a height and a width: of a kernel, a stride, a dilation. `3` means 3×3×3.
public struct Size3D: SpatialSize {
  public var depth: Int
  public var height: Int
  public var width: Int

  public init(_ depth: Int, _ height: Int, _ width: Int) {
    (self.depth, self.height, self.width) = (depth, height, width)
  }

  /// A cube.
  public init(_ side: Int) { self.init(side, side, side) }

  public static var axes: Int { 3 }
  public var sizes: [Int] { [depth, height, width] }
}

extension Size3D: ExpressibleByIntegerLiteral, CustomStringConvertible {
  public init(integerLiteral side: Int) { self.init(side) }

  /// `3×3×5`.
  public var description: String { "\(depth)×\(height)×\(width)" }
}

extension Value {
  /// The axes between the batch and the channels.
  var spatialAxes: Range<Int> { 1..<max(rank - 1, 1) }

  /// The sizes along them.
  var spatialSizes: [Int] { Array(shape.dimensions[spatialAxes.clamped(to: 0..<rank)]) }

  /// Reports that a layer takes examples with so many spatial axes, and channels; `nil` if all is well.
  func failingUnlessSpatial(_ axes: Int, _ kind: String, assuming shape: Shape? = nil) -> Value? {
    if let mistake = failingUnlessFloatingPoint(kind, assuming: shape) { return mistake }
    guard rank != axes + 2 else { return nil }
    guard axes != 2 else { return failingAsImages(kind, assuming: shape) }
    let taken = axes == 1 ? "L×C" : "D×H×W×C"
    let fix =
      switch rank - 2 {
      case axes - 1:
        "give the input its channels: Reshape(\(self.shape.dimensions.dropFirst() + [1]))"
      case 1...3: "use \(kind.dropLast(2))\(rank - 2)D"
      default: "Reshape to \(taken) first"
      }
    return failing(
      "\(kind) takes \(axes == 1 ? "sequences" : "volumes") \(taken), got \(self.shape.ofExample)", fix: fix,
      assuming: shape)
  }
}
