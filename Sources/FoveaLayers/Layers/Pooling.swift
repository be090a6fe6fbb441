/// The largest value under a sliding window, for each channel on its own.
///
/// - Shapes: `N×H×W×C` → `N×H′×W′×C`, H′ = ⌊(H + padding − size) / stride⌋ + 1. No parameters.
/// - Errors: an input that is no image; a window larger than the padded input; padding as wide as the window.
/// - Source: Ranzato et al. 2007, "Unsupervised Learning of Invariant Feature Hierarchies", §3.
public struct MaxPool2D: Layer {
  public var size: Size2D
  public var strides: Size2D
  public var padding: Padding

  /// - Parameter strides: as far as the window is wide if not given, so that windows do not overlap.
  public init(_ size: Size2D, strides: Size2D? = nil, padding: Padding = .valid) {
    (self.size, self.strides, self.padding) = (size, strides ?? size, padding)
  }

  public func forward(_ x: Value) -> Value {
    let window = Window(size, strides: strides, padding: padding)
    return x.pooled(Self.kind, by: Op.MaxPool(window), window)
  }
}

/// The mean of the values under a sliding window, for each channel on its own.
///
/// - Shapes: `N×H×W×C` → `N×H′×W′×C`, H′ = ⌊(H + padding − size) / stride⌋ + 1. No parameters.
/// - Errors: an input that is no image; a window larger than the padded input; padding as wide as the window.
/// - Source: LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition", §II.A (sub-sampling).
public struct AveragePool2D: Layer {
  public var size: Size2D
  public var strides: Size2D
  public var padding: Padding
  public var countsPadding: Bool

  /// - Parameters:
  ///   - strides: as far as the window is wide if not given, so that windows do not overlap.
  ///   - countsPadding: whether padded zeros count in the divisor, as by default in PyTorch; not in Keras.
  public init(_ size: Size2D, strides: Size2D? = nil, padding: Padding = .valid, countsPadding: Bool = false) {
    (self.size, self.strides) = (size, strides ?? size)
    (self.padding, self.countsPadding) = (padding, countsPadding)
  }

  public func forward(_ x: Value) -> Value {
    let window = Window(size, strides: strides, padding: padding)
    return x.pooled(Self.kind, by: Op.AveragePool(window, countsPadding: countsPadding), window)
  }
}

/// The mean over height and width: one number for each channel.
///
/// - Shapes: `N×H×W×C` → `N×C`. No parameters.
/// - Errors: an input that is no image.
/// - Source: Lin, Chen & Yan 2014, "Network In Network", §3.2.
public struct GlobalAveragePool2D: Layer {
  public init() {}

  public func forward(_ x: Value) -> Value {
    guard x.rank == 4 else { return x.failingAsImages(Self.kind, assuming: [x.batch, x.channels]) }
    return x.applying(Op.Mean(over: [1, 2]))
  }
}

/// The largest value over height and width: one number for each channel.
///
/// - Shapes: `N×H×W×C` → `N×C`. No parameters.
/// - Errors: an input that is no image.
public struct GlobalMaxPool2D: Layer {
  public init() {}

  public func forward(_ x: Value) -> Value {
    guard x.rank == 4 else { return x.failingAsImages(Self.kind, assuming: [x.batch, x.channels]) }
    return x.applying(Op.Maximum(over: [1, 2]))
  }
}

extension Value {
  /// The pooling `operation`; where its window does not fit, tracing goes on as with padding .same.
  fileprivate func pooled(_ kind: String, by operation: some Operation, _ window: Window) -> Value {
    guard rank == 4 else { return failingAsImages(kind) }
    let repaired = window.sameSpatial(on: shape).map { Shape([shape[0]] + $0 + [channels]) }
    return applying(operation, orAssuming: repaired)
  }
}
