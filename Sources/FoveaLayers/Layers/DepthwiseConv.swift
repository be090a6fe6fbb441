/// A convolution of every channel on its own, with `multiplier` kernels each: the channels do not mix. Written
/// `DepthwiseConv1D`, `DepthwiseConv2D`, `DepthwiseConv3D`.
///
/// - Shapes: `N×spatial…×C` → `N×output…×(C · multiplier)`; the results of a channel are neighbours. Parameters:
///   `weights` `kernel…×1×(C · multiplier)`, Glorot uniform; `bias` `C · multiplier`, zero.
/// - Errors: an input of another rank; a kernel larger than the padded input.
/// - Source: Sifre 2014, "Rigid-Motion Scattering for Image Classification", §6.2; Chollet 2017, "Xception", §2.
public struct DepthwiseConv<Size: SpatialSize>: Layer {
  public var kernel: Size
  public var multiplier: Int
  public var strides: Size
  public var dilation: Size
  public var padding: Padding
  public var paddingMode: PaddingMode
  public var flipped: Bool
  public var bias: Bool
  public var activation: Activation?
  public var initializer: Initializer
  public var biasInitializer: Initializer

  /// - Parameters:
  ///   - kernel: the size of the window; `3` means 3 along every axis.
  ///   - multiplier: how many results each channel gives.
  ///   - strides: how far the window moves from one position to the next.
  ///   - dilation: how far apart the positions within the window lie.
  ///   - padding: what is put around the input.
  ///   - paddingMode: what a border is made of.
  ///   - flipped: whether the kernel is turned, as mathematics defines convolution.
  ///   - bias: whether a number is added to each result.
  ///   - activation: applied to the result.
  ///   - initializer: of the weights.
  ///   - biasInitializer: of the bias.
  public init(
    kernel: Size, multiplier: Int = 1, strides: Size = Size(1), dilation: Size = Size(1), padding: Padding = .valid,
    paddingMode: PaddingMode = .zeros, flipped: Bool = false, bias: Bool = true, activation: Activation? = nil,
    initializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros
  ) {
    (self.kernel, self.multiplier, self.strides, self.dilation) = (kernel, multiplier, strides, dilation)
    (self.padding, self.paddingMode, self.flipped) = (padding, paddingMode, flipped)
    (self.bias, self.activation) = (bias, activation)
    (self.initializer, self.biasInitializer) = (initializer, biasInitializer)
  }

  public static var kind: String { "DepthwiseConv\(Size.axes)D" }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessSpatial(Size.axes, Self.kind) { return mistake }
    if let mistake = x.failingUnlessCount(multiplier, "results of each channel") { return mistake }
    let field = kernel.sizes.reduce(1) { saturatingProduct($0, max($1, 1)) }
    return Conv(
      filters: saturatingProduct(x.channels, multiplier), kernel: kernel, strides: strides, dilation: dilation,
      groups: x.channels, padding: padding, paddingMode: paddingMode, flipped: flipped, bias: bias,
      activation: activation,
      initializer: initializer.withFans(in: field, out: saturatingProduct(field, multiplier)),
      biasInitializer: biasInitializer
    ).forward(x)
  }
}

/// A convolution of every channel of sequences `L×C` on its own.
public typealias DepthwiseConv1D = DepthwiseConv<Int>

/// A convolution of every channel of images `H×W×C` on its own.
public typealias DepthwiseConv2D = DepthwiseConv<Size2D>

/// A convolution of every channel of volumes `D×H×W×C` on its own.
public typealias DepthwiseConv3D = DepthwiseConv<Size3D>
