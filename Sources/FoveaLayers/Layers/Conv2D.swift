/// A two-dimensional convolution: `activation(x ⋆ weights + bias)`, a cross-correlation as in every framework.
///
/// - Shapes: `N×H×W×C` → `N×H′×W′×filters`, H′ = ⌊(H + padding − ((kernel − 1) · dilation + 1)) / stride⌋ + 1.
///   Parameters: `weights` `kernel×C/groups×filters`, Glorot uniform; `bias` `filters`, zero.
/// - Errors: an input that is no image; a kernel larger than the padded input; groups that do not divide the channels
///   and the filters.
/// - Source: LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition", §II.A; Dumoulin & Visin
///   2016, "A guide to convolution arithmetic for deep learning".
public struct Conv2D: Layer {
  public var filters: Int
  public var kernel: Size2D
  public var strides: Size2D
  public var dilation: Size2D
  public var groups: Int
  public var padding: Padding
  public var bias: Bool
  public var activation: Activation?
  public var initializer: Initializer
  public var biasInitializer: Initializer

  /// - Parameters:
  ///   - kernel: the window; `3` means 3×3, `Size2D(1, 7)` one row of seven.
  ///   - groups: so many convolutions side by side, each on its share of the channels.
  ///   - initializer: of the weights.
  public init(
    filters: Int, kernel: Size2D, strides: Size2D = 1, dilation: Size2D = 1, groups: Int = 1,
    padding: Padding = .valid, bias: Bool = true, activation: Activation? = nil,
    initializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros
  ) {
    (self.filters, self.kernel, self.strides, self.dilation) = (filters, kernel, strides, dilation)
    (self.groups, self.padding, self.bias, self.activation) = (groups, padding, bias, activation)
    (self.initializer, self.biasInitializer) = (initializer, biasInitializer)
  }

  public func forward(_ x: Value) -> Value {
    guard x.rank == 4 else { return x.failingAsImages(Self.kind) }
    if let mistake = x.failingUnlessCount(filters, "filters") { return mistake }
    let window = Window(kernel, strides: strides, dilation: dilation, padding: padding)
    let operation = Op.Convolution(window, groups: groups)
    let channels = max(x.channels / max(groups, 1), 1)

    // The window is checked before its weights are made: a kernel of 0×0 is a mistake of the kernel.
    let shape = Shape(kernel.sizes + [channels, filters])
    let repaired = window.sameSpatial(on: x.shape).map { Shape([x.shape[0]] + $0 + [filters]) }
    do {
      _ = try operation.outputShape(for: [x.shape, shape])
    } catch {
      return x.failing(error.problem, fix: error.fix, assuming: repaired)
    }
    var y = x.applying(operation, x.parameter("weights", shape: shape, initializer))
    if bias { y = y + x.parameter("bias", shape: [filters], biasInitializer) }
    return activation?(y) ?? y
  }
}
