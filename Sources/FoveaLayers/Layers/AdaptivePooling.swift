// Pooling to a given size, over one, two or three spatial axes. None has parameters.

public typealias AdaptiveMaxPool1D = AdaptiveMaxPool<Int>
public typealias AdaptiveMaxPool2D = AdaptiveMaxPool<Size2D>
public typealias AdaptiveMaxPool3D = AdaptiveMaxPool<Size3D>
public typealias AdaptiveMinPool1D = AdaptiveMinPool<Int>
public typealias AdaptiveMinPool2D = AdaptiveMinPool<Size2D>
public typealias AdaptiveMinPool3D = AdaptiveMinPool<Size3D>
public typealias AdaptiveAveragePool1D = AdaptiveAveragePool<Int>
public typealias AdaptiveAveragePool2D = AdaptiveAveragePool<Size2D>
public typealias AdaptiveAveragePool3D = AdaptiveAveragePool<Size3D>
public typealias AdaptiveSumPool1D = AdaptiveSumPool<Int>
public typealias AdaptiveSumPool2D = AdaptiveSumPool<Size2D>
public typealias AdaptiveSumPool3D = AdaptiveSumPool<Size3D>
public typealias AdaptiveLpPool1D = AdaptiveLpPool<Int>
public typealias AdaptiveLpPool2D = AdaptiveLpPool<Size2D>
public typealias AdaptiveLpPool3D = AdaptiveLpPool<Size3D>

/// The mean under windows that divide the input into so many: output i along an axis sees the inputs
/// ⌊i · n / o⌋ ..< ⌈(i + 1) · n / o⌉.
///
/// - Shapes: `N×H×W×C` → `N×output×C`; sequences `N×L×C` and volumes `N×D×H×W×C` alike. No parameters.
/// - Errors: an input of another rank; an output size below 1.
/// - Source: PyTorch's `adaptive_avg_pool2d`; He et al. 2014, "Spatial Pyramid Pooling", §2.1.
public struct AdaptiveAveragePool<Size: SpatialSize>: Layer {
  public var output: Size
  public static var kind: String { "AdaptiveAveragePool\(Size.axes)D" }

  /// - Parameter output: how many results there are along each axis.
  public init(_ output: Size) { self.output = output }

  public func forward(_ x: Value) -> Value { x.averagedAdaptively(Self.kind, to: output.sizes, mean: true) }
}

/// The sum under windows that divide the input into so many.
///
/// - Shapes, errors: as `AdaptiveAveragePool`. No parameters.
/// - Source: `AdaptiveAveragePool` before it divides.
public struct AdaptiveSumPool<Size: SpatialSize>: Layer {
  public var output: Size
  public static var kind: String { "AdaptiveSumPool\(Size.axes)D" }

  /// - Parameter output: how many results there are along each axis.
  public init(_ output: Size) { self.output = output }

  public func forward(_ x: Value) -> Value { x.averagedAdaptively(Self.kind, to: output.sizes, mean: false) }
}

/// The largest value under windows that divide the input into so many.
///
/// - Shapes, errors: as `AdaptiveAveragePool`. No parameters.
/// - Source: PyTorch `AdaptiveMaxPool2d`; He et al. 2014, "Spatial Pyramid Pooling", §2.1.
public struct AdaptiveMaxPool<Size: SpatialSize>: Layer {
  public var output: Size
  public static var kind: String { "AdaptiveMaxPool\(Size.axes)D" }

  /// - Parameter output: how many results there are along each axis.
  public init(_ output: Size) { self.output = output }

  public func forward(_ x: Value) -> Value {
    x.pooledAdaptively(Self.kind, to: output.sizes, filling: .withLast) { $0.applying(Op.MaxPool($1)) }
  }
}

/// The smallest value under windows that divide the input into so many.
///
/// - Shapes, errors: as `AdaptiveAveragePool`. No parameters.
/// - Source: as `AdaptiveMaxPool`, of `−x`.
public struct AdaptiveMinPool<Size: SpatialSize>: Layer {
  public var output: Size
  public static var kind: String { "AdaptiveMinPool\(Size.axes)D" }

  /// - Parameter output: how many results there are along each axis.
  public init(_ output: Size) { self.output = output }

  public func forward(_ x: Value) -> Value {
    x.pooledAdaptively(Self.kind, to: output.sizes, filling: .withLast) {
      $0.negated.applying(Op.MaxPool($1)).negated
    }
  }
}

/// The p-norm, `(Σ |x|ᵖ)^(1/p)`, under windows that divide the input into so many.
///
/// - Shapes: as `AdaptiveAveragePool`. No parameters.
/// - Errors: an input of another rank; an output size below 1; a power that is not above 0.
/// - Source: the norm of `LpPool` under the windows of `AdaptiveAveragePool`.
public struct AdaptiveLpPool<Size: SpatialSize>: Layer {
  public var output: Size
  public var power: Float
  public static var kind: String { "AdaptiveLpPool\(Size.axes)D" }

  /// - Parameters:
  ///   - output: how many results there are along each axis.
  ///   - power: p, above 0.
  public init(_ output: Size, power: Float = 2) { (self.output, self.power) = (output, power) }

  public func forward(_ x: Value) -> Value {
    x.pooledAdaptively(Self.kind, to: output.sizes, filling: .withZeros) {
      $0.applying(Op.LpPool($1, power: power))
    }
  }
}

/// How windows of different lengths are made equally long.
private enum Filling {
  case withLast, withZeros
}

extension Value {
  /// Means and sums are linear: a matrix along each axis, or plain pooling where all windows are equal.
  fileprivate func averagedAdaptively(_ kind: String, to sizes: [Int], mean: Bool) -> Value {
    if let mistake = failingUnlessResizable(kind, to: sizes) { return mistake }
    if sizes == spatialSizes { return self }
    if let window = evenWindow(to: sizes) {
      return applying(Op.AveragePool(window, divisor: mean ? .inside : .number(1)))
    }
    return mapped(
      fromAxis: 1,
      by: zip(spatialSizes, sizes).map { n, o in n == o ? nil : SparseMatrix.adaptive(n, to: o, mean: mean) })
  }

  /// Other poolings slide over a copy in which each window stands beside the next one and has the length of the
  /// longest; what fills it up does not change the result.
  fileprivate func pooledAdaptively(
    _ kind: String, to sizes: [Int], filling: Filling, _ pool: (Value, Window) -> Value
  ) -> Value {
    if let mistake = failingUnlessResizable(kind, to: sizes) { return mistake }
    if let window = evenWindow(to: sizes) { return pool(self, window) }
    var window = Window(size: sizes)
    var matrices: [SparseMatrix?] = []
    for (axis, (n, o)) in zip(spatialSizes, sizes).enumerated() {
      let windows = (0..<o).map { SparseMatrix.adaptiveWindow($0, n, to: o) }
      let longest = windows.map(\.count).max()!
      window.size[axis] = longest
      matrices.append(
        n % o == 0
          ? nil
          : SparseMatrix(rows: o * longest, columns: n) { row in
            let (window, k) = (windows[row / longest], row % longest)
            if k < window.count { return [.init(window.lowerBound + k, 1)] }
            return filling == .withLast ? [.init(window.upperBound - 1, 1)] : []
          })
    }
    window.strides = window.size
    return pool(mapped(fromAxis: 1, by: matrices), window)
  }

  /// The window of plain pooling that does the same, if all windows are equal and none overlap.
  private func evenWindow(to sizes: [Int]) -> Window? {
    guard zip(spatialSizes, sizes).allSatisfy({ $0 % $1 == 0 }) else { return nil }
    let window = zip(spatialSizes, sizes).map { $0 / $1 }
    return Window(size: window, strides: window)
  }

  /// Reports an input that does not have these spatial axes, or sizes that none can have; `nil` if all is well.
  func failingUnlessResizable(_ kind: String, to sizes: [Int]) -> Value? {
    let most = SparseMatrix.longest / 4
    let target = Shape([batch] + sizes + [channels])
    let isPossible = sizes.allSatisfy((1...most).contains)
    if let mistake = failingUnlessSpatial(sizes.count, kind, assuming: isPossible ? target : nil) { return mistake }
    guard isPossible else {
      return failing("\(kind) to \(Shape(sizes))", fix: "use sizes of at least 1, \(most) at most")
    }
    if let long = spatialSizes.first(where: { $0 > most }) {
      return failing("\(kind) of \(long) positions along an axis", fix: "use at most \(most)", assuming: target)
    }
    return nil
  }
}
