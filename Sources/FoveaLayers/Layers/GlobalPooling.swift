// Pooling over all positions, over one, two or three spatial axes: one number for each channel. None has parameters.

public typealias GlobalMaxPool1D = GlobalMaxPool<Int>
public typealias GlobalMaxPool2D = GlobalMaxPool<Size2D>
public typealias GlobalMaxPool3D = GlobalMaxPool<Size3D>
public typealias GlobalMinPool1D = GlobalMinPool<Int>
public typealias GlobalMinPool2D = GlobalMinPool<Size2D>
public typealias GlobalMinPool3D = GlobalMinPool<Size3D>
public typealias GlobalAveragePool1D = GlobalAveragePool<Int>
public typealias GlobalAveragePool2D = GlobalAveragePool<Size2D>
public typealias GlobalAveragePool3D = GlobalAveragePool<Size3D>
public typealias GlobalSumPool1D = GlobalSumPool<Int>
public typealias GlobalSumPool2D = GlobalSumPool<Size2D>
public typealias GlobalSumPool3D = GlobalSumPool<Size3D>
public typealias GlobalLpPool1D = GlobalLpPool<Int>
public typealias GlobalLpPool2D = GlobalLpPool<Size2D>
public typealias GlobalLpPool3D = GlobalLpPool<Size3D>

/// The mean over all positions: one number for each channel.
///
/// - Shapes: `N×H×W×C` → `N×C`; sequences `N×L×C` and volumes `N×D×H×W×C` alike. No parameters.
/// - Errors: an input of another rank.
/// - Source: Lin, Chen & Yan 2014, "Network In Network", §3.2.
public struct GlobalAveragePool<Size: SpatialSize>: Layer {
  public static var kind: String { "GlobalAveragePool\(Size.axes)D" }
  public init() {}

  public func forward(_ x: Value) -> Value {
    x.pooledGlobally(Self.kind, Size.axes) { $0.applying(Op.Mean(over: Array($0.spatialAxes))) }
  }
}

/// The sum over all positions: one number for each channel.
///
/// - Shapes, errors: as `GlobalAveragePool`. No parameters.
/// - Source: ONNX operator ReduceSum over the positions.
public struct GlobalSumPool<Size: SpatialSize>: Layer {
  public static var kind: String { "GlobalSumPool\(Size.axes)D" }
  public init() {}

  public func forward(_ x: Value) -> Value {
    x.pooledGlobally(Self.kind, Size.axes) { $0.applying(Op.Sum(over: Array($0.spatialAxes))) }
  }
}

/// The largest value over all positions: one number for each channel. Equal largest values share their gradient.
///
/// - Shapes, errors: as `GlobalAveragePool`. No parameters.
/// - Source: ONNX operator GlobalMaxPool; Keras `GlobalMaxPooling2D`.
public struct GlobalMaxPool<Size: SpatialSize>: Layer {
  public static var kind: String { "GlobalMaxPool\(Size.axes)D" }
  public init() {}

  public func forward(_ x: Value) -> Value {
    x.pooledGlobally(Self.kind, Size.axes) { $0.applying(Op.Maximum(over: Array($0.spatialAxes))) }
  }
}

/// The smallest value over all positions: one number for each channel. Equal smallest values share their gradient.
///
/// - Shapes, errors: as `GlobalAveragePool`. No parameters.
/// - Source: ONNX operator ReduceMin over the positions.
public struct GlobalMinPool<Size: SpatialSize>: Layer {
  public static var kind: String { "GlobalMinPool\(Size.axes)D" }
  public init() {}

  public func forward(_ x: Value) -> Value {
    x.pooledGlobally(Self.kind, Size.axes) { $0.negated.applying(Op.Maximum(over: Array($0.spatialAxes))).negated }
  }
}

/// The p-norm over all positions, `(Σ |x|ᵖ)^(1/p)`: one number for each channel.
///
/// - Shapes: as `GlobalAveragePool`. No parameters.
/// - Errors: an input of another rank; a power that is not above 0.
/// - Source: ONNX operator GlobalLpPool.
public struct GlobalLpPool<Size: SpatialSize>: Layer {
  public var power: Float
  public static var kind: String { "GlobalLpPool\(Size.axes)D" }

  /// - Parameter power: p, above 0.
  public init(power: Float = 2) { self.power = power }

  public func forward(_ x: Value) -> Value {
    x.pooledGlobally(Self.kind, Size.axes) {
      let window = Window(size: $0.spatialSizes)
      let pooled = Shape([$0.batch] + window.size.map { _ in 1 } + [$0.channels])
      return $0.applying(Op.LpPool(window, power: power), orAssuming: pooled).reshaped(to: [$0.batch, $0.channels])
    }
  }
}

extension Value {
  fileprivate func pooledGlobally(_ kind: String, _ axes: Int, _ pool: (Value) -> Value) -> Value {
    failingUnlessSpatial(axes, kind, assuming: [batch, channels]) ?? pool(self)
  }
}
