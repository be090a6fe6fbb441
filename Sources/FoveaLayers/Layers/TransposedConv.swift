/// A transposed convolution ("deconvolution"): every input number spreads a kernel over the output, `strides` apart, and
/// what overlaps is added. It is the gradient of a convolution with the same window. Written `TransposedConv1D`,
/// `TransposedConv2D`, `TransposedConv3D`.
///
/// - Shapes: `N×spatial…×C` → `N×output…×filters`, along each axis
///   (n − 1) · stride + (kernel − 1) · dilation + 1 − padding + outputPadding; n · stride with padding `.same`.
///   Parameters: `weights` `kernel…×filters/groups×C`, Glorot uniform; `bias` `filters`, zero.
/// - Errors: an input of another rank; padding that leaves nothing; output padding that is more than the padding cuts
///   off at the end, by a stride and a dilation or more; groups that do not divide the channels and the filters.
/// - Source: Zeiler et al. 2010, "Deconvolutional Networks"; Dumoulin & Visin 2016, "A guide to convolution arithmetic for
///   deep learning", §4.
public struct TransposedConv<Size: SpatialSize>: Layer {
  public var filters: Int
  public var kernel: Size
  public var strides: Size
  public var dilation: Size
  public var groups: Int
  public var padding: Padding
  public var outputPadding: Size
  public var bias: Bool
  public var activation: Activation?
  public var initializer: Initializer
  public var biasInitializer: Initializer

  /// - Parameters:
  ///   - filters: how many there are: the channels of the result.
  ///   - kernel: the size of the window; `3` means 3 along every axis.
  ///   - strides: how far the window moves from one position to the next.
  ///   - dilation: how far apart the positions within the window lie.
  ///   - groups: so many convolutions side by side, each on its share of the channels.
  ///   - padding: what is cut off the output, as the convolution that is transposed would have padded it.
  ///   - outputPadding: positions more at the end, as a strided convolution leaves open how many its input had.
  ///   - bias: whether a number is added to each result.
  ///   - activation: applied to the result.
  ///   - initializer: of the weights.
  ///   - biasInitializer: of the bias.
  public init(
    filters: Int, kernel: Size, strides: Size = Size(1), dilation: Size = Size(1), groups: Int = 1,
    padding: Padding = .valid,
    outputPadding: Size = Size(0), bias: Bool = true, activation: Activation? = nil,
    initializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros
  ) {
    (self.filters, self.kernel, self.strides, self.dilation) = (filters, kernel, strides, dilation)
    (self.groups, self.padding, self.outputPadding) = (groups, padding, outputPadding)
    (self.bias, self.activation) = (bias, activation)
    (self.initializer, self.biasInitializer) = (initializer, biasInitializer)
  }

  public static var kind: String { "TransposedConv\(Size.axes)D" }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessSpatial(Size.axes, Self.kind) { return mistake }
    if let mistake = x.failingUnlessCount(filters, "filters") { return mistake }
    let (window, outputPadding, zeros) = Window(
      size: kernel.sizes, strides: strides.sizes, dilations: dilation.sizes, padding: padding
    ).trading(outputPadding: outputPadding.sizes)
    let lengths = Array(x.shape.dimensions[1...window.rank])
    var output: Shape
    do throws(ShapeError) {
      try Op.Convolution.check(groups: groups, channels: x.channels, filters: filters)
      output = Shape(
        [x.shape[0]] + (try window.input(giving: lengths, outputPadding: outputPadding)) + [filters])
      guard output.isHoldable else {
        throw ShapeError("\(Self.kind) would give \(output), more than 2⁴⁰ numbers", fix: "use smaller strides")
      }
    } catch {
      let repaired = Shape([x.shape[0]] + zip(lengths, strides.sizes).map { saturatingProduct($0, max($1, 1)) })
      return x.failing(error.problem, fix: error.fix, assuming: Shape(repaired.dimensions + [filters]))
    }
    let field = window.size.reduce(1) { saturatingProduct($0, $1) }
    let weights = x.parameter(
      "weights", shape: Shape(window.size + [filters / groups, x.channels]),
      initializer.withFans(
        in: saturatingProduct(field, x.channels / groups), out: saturatingProduct(field, filters / groups)
      ).inGroups(groups))
    let transposed = Op.ConvolutionInputGradient(of: Op.Convolution(window, groups: groups), inputShape: output)
    var y = x.applying(transposed, weights, orAssuming: output)
    if zeros.contains(where: { $0 > 0 }) {
      y = y.applying(Op.Pad(before: zeros.map { _ in 0 } + [0, 0], after: [0] + zeros + [0]))
    }
    return y.finished(bias: bias ? [filters] : nil, biasInitializer, activation)
  }
}

/// A transposed convolution over sequences `L×C`.
public typealias TransposedConv1D = TransposedConv<Int>

/// A transposed convolution over images `H×W×C`.
public typealias TransposedConv2D = TransposedConv<Size2D>

/// A transposed convolution over volumes `D×H×W×C`.
public typealias TransposedConv3D = TransposedConv<Size3D>
