/// A convolution that shares nothing: every position has kernels and a bias of its own. Written `LocallyConnected1D`,
/// `LocallyConnected2D`, `LocallyConnected3D`.
///
/// - Shapes: `N×spatial…×C` → `N×output…×filters`. Parameters: `weights` `output…×(kernel · C)×filters`, Glorot uniform;
///   `bias` `output…×filters`, zero.
/// - Errors: an input of another rank, or of whole numbers; a kernel larger than the padded input; filters below 1.
/// - Source: LeCun 1989, "Generalization and Network Design Strategies", §4; Taigman et al. 2014, "DeepFace", §3.
public struct LocallyConnected<Size: SpatialSize>: Layer {
  public var filters: Int
  public var kernel: Size
  public var strides: Size
  public var padding: Padding
  public var bias: Bool
  public var activation: Activation?
  public var initializer: Initializer
  public var biasInitializer: Initializer

  /// - Parameters:
  ///   - filters: how many there are: the channels of the result.
  ///   - kernel: the size of the window; `3` means 3 along every axis.
  ///   - strides: how far the window moves from one position to the next.
  ///   - padding: how wide the border of zeros is.
  ///   - bias: whether a number is added to each result, another one at every position.
  ///   - activation: applied to the result.
  ///   - initializer: of the weights.
  ///   - biasInitializer: of the bias.
  public init(
    filters: Int, kernel: Size, strides: Size = Size(1), padding: Padding = .valid, bias: Bool = true,
    activation: Activation? = nil, initializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros
  ) {
    (self.filters, self.kernel, self.strides, self.padding) = (filters, kernel, strides, padding)
    (self.bias, self.activation) = (bias, activation)
    (self.initializer, self.biasInitializer) = (initializer, biasInitializer)
  }

  public static var kind: String { "LocallyConnected\(Size.axes)D" }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessSpatial(Size.axes, Self.kind) { return mistake }
    if let mistake = x.failingUnlessCount(filters, "filters") { return mistake }
    let window = Window(size: kernel.sizes, strides: strides.sizes, padding: padding)
    let repaired = window.sameSpatial(on: x.shape).map {
      Shape([x.shape[0]] + $0 + [saturatingProduct(window.count, x.channels)])
    }
    let patches = x.applying(Op.Patches(window), orAssuming: repaired)
    guard patches.isValid else { return patches }

    // At each position, a matrix product: N rows of what its window sees, with weights of its own.
    let spatial = Array(1...window.rank)
    let positions = Array(patches.shape.dimensions[1...window.rank])
    let seen = patches.channels
    let weights = x.parameter(
      "weights", shape: Shape(positions + [seen, filters]), initializer.withFans(in: seen, out: filters))
    let products = matmul(patches.applying(Op.Transpose(spatial + [0, window.rank + 1])), weights)
    let order = [window.rank] + spatial.map { $0 - 1 } + [window.rank + 1]
    return products.applying(Op.Transpose(order))
      .finished(bias: bias ? Shape(positions + [filters]) : nil, biasInitializer, activation)
  }
}

/// A convolution over sequences `L×C` that shares nothing.
public typealias LocallyConnected1D = LocallyConnected<Int>

/// A convolution over images `H×W×C` that shares nothing.
public typealias LocallyConnected2D = LocallyConnected<Size2D>

/// A convolution over volumes `D×H×W×C` that shares nothing.
public typealias LocallyConnected3D = LocallyConnected<Size3D>
