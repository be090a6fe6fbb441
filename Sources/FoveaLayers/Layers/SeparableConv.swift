/// A depthwise convolution, which does not mix channels, and a 1×1 convolution, which mixes nothing else. Written
/// `SeparableConv1D`, `SeparableConv2D`, `SeparableConv3D`.
///
/// - Shapes: `N×spatial…×C` → `N×output…×filters`. Parameters: `depthwise.weights` `kernel…×1×(C · multiplier)`,
///   `pointwise.weights` `1…×(C · multiplier)×filters`, Glorot uniform; `pointwise.bias` `filters`, zero.
/// - Errors: as of both convolutions.
/// - Source: Chollet 2017, "Xception: Deep Learning with Depthwise Separable Convolutions", §2.
public struct SeparableConv<Size: SpatialSize>: Layer {
  public var depthwise: DepthwiseConv<Size>
  public var pointwise: Conv<Size>

  /// - Parameters:
  ///   - filters: how many there are: the channels of the result.
  ///   - kernel: the size of the window; `3` means 3 along every axis.
  ///   - multiplier: how many results each channel gives before they are mixed.
  ///   - strides: how far the window moves from one position to the next.
  ///   - dilation: how far apart the positions within the window lie.
  ///   - padding: what is put around the input.
  ///   - paddingMode: what a border is made of.
  ///   - bias: whether a number is added to each result.
  ///   - activation: applied to the result.
  ///   - initializer: of the weights.
  ///   - biasInitializer: of the bias.
  public init(
    filters: Int, kernel: Size, multiplier: Int = 1, strides: Size = Size(1), dilation: Size = Size(1),
    padding: Padding = .valid, paddingMode: PaddingMode = .zeros, bias: Bool = true, activation: Activation? = nil,
    initializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros
  ) {
    depthwise = DepthwiseConv(
      kernel: kernel, multiplier: multiplier, strides: strides, dilation: dilation, padding: padding,
      paddingMode: paddingMode, bias: false, initializer: initializer)
    pointwise = Conv(
      filters: filters, kernel: Size(1), bias: bias, activation: activation, initializer: initializer,
      biasInitializer: biasInitializer)
  }

  public static var kind: String { "SeparableConv\(Size.axes)D" }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessSpatial(Size.axes, Self.kind) { return mistake }
    return pointwise.named("pointwise")(depthwise.named("depthwise")(x))
  }
}

/// A depthwise and a 1×1 convolution over sequences `L×C`.
public typealias SeparableConv1D = SeparableConv<Int>

/// A depthwise and a 1×1 convolution over images `H×W×C`.
public typealias SeparableConv2D = SeparableConv<Size2D>

/// A depthwise and a 1×1×1 convolution over volumes `D×H×W×C`.
public typealias SeparableConv3D = SeparableConv<Size3D>
