public typealias Upsample1D = Upsample<Int>
public typealias Upsample2D = Upsample<Size2D>
public typealias Upsample3D = Upsample<Size3D>

/// Stretches the spatial axes: each position repeated, or numbers between neighbours interpolated.
///
/// - Shapes: `N×H×W×C` → `N×(factor · H)×(factor · W)×C`, or `N×size×C`; sequences `N×L×C` and volumes `N×D×H×W×C` alike.
///   No parameters.
/// - Errors: an input of another rank; a factor or size below 1.
/// - Source: PyTorch's `Upsample` (its half-pixel convention, and a = −¾ for cubic curves): modes nearest, linear and its
///   bilinear and trilinear, bicubic.
public struct Upsample<Size: SpatialSize>: Layer {
  public enum Target: Hashable, Sendable {
    case factor(Size)
    case size(Size)
  }

  public var target: Target
  public var interpolation: Interpolation
  public var alignsCorners: Bool

  public static var kind: String { "Upsample\(Size.axes)D" }

  /// - Parameters:
  ///   - factor: how many times as long each axis becomes.
  ///   - interpolation: how numbers between two neighbours are found.
  ///   - alignsCorners: whether first and last positions keep their place, instead of the borders of pixels.
  public init(_ factor: Size, interpolation: Interpolation = .nearest, alignsCorners: Bool = false) {
    (target, self.interpolation, self.alignsCorners) = (.factor(factor), interpolation, alignsCorners)
  }

  /// - Parameters:
  ///   - size: the sizes of the result; smaller ones are allowed, too.
  ///   - interpolation: how numbers between two neighbours are found.
  ///   - alignsCorners: whether first and last numbers fall together.
  public init(to size: Size, interpolation: Interpolation = .nearest, alignsCorners: Bool = false) {
    (target, self.interpolation, self.alignsCorners) = (.size(size), interpolation, alignsCorners)
  }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessSpatial(Size.axes, Self.kind) { return mistake }
    let sizes: [Int]
    switch target {
    case .size(let size): sizes = size.sizes
    case .factor(let factor):
      sizes = zip(x.spatialSizes, factor.sizes).map {
        let (product, overflow) = $0.multipliedReportingOverflow(by: $1)
        return overflow ? .max : product
      }
    }
    if let mistake = x.failingUnlessResizable(Self.kind, to: sizes) { return mistake }
    guard !(alignsCorners && interpolation == .nearest) else {
      return x.failing(
        "alignsCorners with the interpolation .nearest, which has no corners",
        fix: "leave it out, or use .linear", assuming: Shape([x.batch] + sizes + [x.channels]))
    }
    return x.mapped(
      fromAxis: 1,
      by: zip(x.spatialSizes, sizes).map { n, o in
        n == o ? nil : SparseMatrix.resampling(n, to: o, interpolation, alignsCorners: alignsCorners)
      })
  }
}
