// Pooling under a sliding window, over one, two or three spatial axes. None has parameters.

public typealias MaxPool1D = MaxPool<Int>
public typealias MaxPool2D = MaxPool<Size2D>
public typealias MaxPool3D = MaxPool<Size3D>
public typealias MinPool1D = MinPool<Int>
public typealias MinPool2D = MinPool<Size2D>
public typealias MinPool3D = MinPool<Size3D>
public typealias AveragePool1D = AveragePool<Int>
public typealias AveragePool2D = AveragePool<Size2D>
public typealias AveragePool3D = AveragePool<Size3D>
public typealias SumPool1D = SumPool<Int>
public typealias SumPool2D = SumPool<Size2D>
public typealias SumPool3D = SumPool<Size3D>
public typealias LpPool1D = LpPool<Int>
public typealias LpPool2D = LpPool<Size2D>
public typealias LpPool3D = LpPool<Size3D>

/// The largest value under a sliding window, for each channel on its own.
///
/// - Shapes: `N×H×W×C` → `N×H′×W′×C`, H′ = ⌊(H + padding − ((size − 1) · dilation + 1)) / stride⌋ + 1, or ⌈…⌉ with
///   `roundsUp`; sequences `N×L×C` and volumes `N×D×H×W×C` alike. No parameters.
/// - Errors: an input of another rank; a window larger than the padded input; padding as wide as the window.
/// - Source: Ranzato et al. 2007, "Unsupervised Learning of Invariant Feature Hierarchies", §3.
public struct MaxPool<Size: SpatialSize>: SlidingPool {
  public var size: Size
  public var strides: Size
  public var dilation: Size
  public var padding: Padding
  public var roundsUp: Bool

  public static var kind: String { "MaxPool\(Size.axes)D" }

  /// - Parameters:
  ///   - size: of the window.
  ///   - strides: as far as the window is wide if not given, so that windows do not overlap.
  ///   - dilation: how far apart the positions within the window lie.
  ///   - padding: what is put around the input.
  ///   - roundsUp: whether a last window that hangs over the end counts too (PyTorch's `ceil_mode`).
  public init(
    _ size: Size, strides: Size? = nil, dilation: Size = Size(1), padding: Padding = .valid, roundsUp: Bool = false
  ) {
    (self.size, self.strides, self.dilation) = (size, strides ?? size, dilation)
    (self.padding, self.roundsUp) = (padding, roundsUp)
  }

  public func forward(_ x: Value) -> Value { x.pooled(Self.kind, by: Op.MaxPool(window), window) }
}

/// The smallest value under a sliding window, for each channel on its own: `−max(−x)`.
///
/// - Shapes, errors: as `MaxPool`. No parameters.
/// - Source: Soille 2003, "Morphological Image Analysis", ch. 3: erosion by a flat window, as max pooling is dilation.
public struct MinPool<Size: SpatialSize>: SlidingPool {
  public var size: Size
  public var strides: Size
  public var dilation: Size
  public var padding: Padding
  public var roundsUp: Bool

  public static var kind: String { "MinPool\(Size.axes)D" }

  /// - Parameters: as those of `MaxPool`.
  public init(
    _ size: Size, strides: Size? = nil, dilation: Size = Size(1), padding: Padding = .valid, roundsUp: Bool = false
  ) {
    (self.size, self.strides, self.dilation) = (size, strides ?? size, dilation)
    (self.padding, self.roundsUp) = (padding, roundsUp)
  }

  public func forward(_ x: Value) -> Value {
    x.negated.pooled(Self.kind, by: Op.MaxPool(window), window).negated
  }
}

/// The mean of the values under a sliding window, for each channel on its own.
///
/// - Shapes, errors: as `MaxPool`; a divisor below 1. No parameters.
/// - Source: LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition", §II.A (sub-sampling).
public struct AveragePool<Size: SpatialSize>: SlidingPool {
  public var size: Size
  public var strides: Size
  public var dilation: Size
  public var padding: Padding
  public var countsPadding: Bool
  public var divisor: Int?
  public var roundsUp: Bool

  public static var kind: String { "AveragePool\(Size.axes)D" }

  /// - Parameters:
  ///   - size: of the window.
  ///   - strides: as far as the window is wide if not given, so that windows do not overlap.
  ///   - dilation: how far apart the positions within the window lie.
  ///   - padding: what is put around the input.
  ///   - countsPadding: whether padded zeros count in the divisor, as by default in PyTorch; not in Keras. What hangs
  ///     over the padding never counts.
  ///   - divisor: by what sums are divided instead of the number of values.
  ///   - roundsUp: whether a last window that hangs over the end counts too (PyTorch's `ceil_mode`).
  public init(
    _ size: Size, strides: Size? = nil, dilation: Size = Size(1), padding: Padding = .valid,
    countsPadding: Bool = false, divisor: Int? = nil, roundsUp: Bool = false
  ) {
    (self.size, self.strides, self.dilation, self.padding) = (size, strides ?? size, dilation, padding)
    (self.countsPadding, self.divisor, self.roundsUp) = (countsPadding, divisor, roundsUp)
  }

  public func forward(_ x: Value) -> Value {
    let divisor = divisor.map { Op.AveragePool.Divisor.number($0) } ?? (countsPadding ? .padded : .inside)
    return x.pooled(Self.kind, by: Op.AveragePool(window, divisor: divisor), window)
  }
}

/// The sum of the values under a sliding window, for each channel on its own.
///
/// - Shapes, errors: as `MaxPool`. No parameters.
/// - Source: PyTorch `LPPool2d` with p = 1, which is "proportional to average pooling", for numbers of 0 or more; LeCun et
///   al. 1998, §II.A, which add up four inputs before a weight and a bias.
public struct SumPool<Size: SpatialSize>: SlidingPool {
  public var size: Size
  public var strides: Size
  public var dilation: Size
  public var padding: Padding
  public var roundsUp: Bool

  public static var kind: String { "SumPool\(Size.axes)D" }

  /// - Parameters: as those of `MaxPool`.
  public init(
    _ size: Size, strides: Size? = nil, dilation: Size = Size(1), padding: Padding = .valid, roundsUp: Bool = false
  ) {
    (self.size, self.strides, self.dilation) = (size, strides ?? size, dilation)
    (self.padding, self.roundsUp) = (padding, roundsUp)
  }

  public func forward(_ x: Value) -> Value {
    x.pooled(Self.kind, by: Op.AveragePool(window, divisor: .number(1)), window)
  }
}

/// The p-norm of the values under a sliding window, `(Σ |x|ᵖ)^(1/p)`, for each channel on its own.
///
/// - Shapes, errors: as `MaxPool`; a power that is not above 0. No parameters.
/// - Source: Sermanet, Chintala & LeCun 2012, "Convolutional Neural Networks Applied to House Numbers Digit
///   Classification", §2.1.
public struct LpPool<Size: SpatialSize>: SlidingPool {
  public var size: Size
  public var power: Float
  public var strides: Size
  public var dilation: Size
  public var padding: Padding
  public var roundsUp: Bool

  public static var kind: String { "LpPool\(Size.axes)D" }

  /// - Parameters: p, and those of `MaxPool`.
  public init(
    _ size: Size, power: Float = 2, strides: Size? = nil, dilation: Size = Size(1), padding: Padding = .valid,
    roundsUp: Bool = false
  ) {
    (self.size, self.power, self.strides, self.dilation) = (size, power, strides ?? size, dilation)
    (self.padding, self.roundsUp) = (padding, roundsUp)
  }

  public func forward(_ x: Value) -> Value {
    x.pooled(Self.kind, by: Op.LpPool(window, power: power), window)
  }
}

/// What the layers above have in common.
protocol SlidingPool: Layer {
  associatedtype Size: SpatialSize
  var size: Size { get }
  var strides: Size { get }
  var dilation: Size { get }
  var padding: Padding { get }
  var roundsUp: Bool { get }
}

extension SlidingPool {
  var window: Window {
    Window(size: size.sizes, strides: strides.sizes, dilations: dilation.sizes, padding: padding, roundsUp: roundsUp)
  }
}

extension Value {
  /// The pooling `operation`; where its window does not fit, tracing goes on as with padding .same.
  func pooled(_ kind: String, by operation: some Operation, _ window: Window) -> Value {
    if let mistake = failingUnlessSpatial(window.rank, kind) { return mistake }
    let repaired = window.sameSpatial(on: shape).map { Shape([shape[0]] + $0 + [channels]) }
    return applying(operation, orAssuming: repaired)
  }

  var negated: Value { applying(Op.Scale(-1)) }
}
