/// A convolution over sequences, images or volumes: `activation(x ⋆ weights + bias)`, a cross-correlation as in every
/// framework, or with `flipped` the convolution of mathematics. Written `Conv1D`, `Conv2D`, `Conv3D`.
///
/// - Shapes: `N×spatial…×C` → `N×output…×filters`, along each axis
///   ⌊(n + padding − ((kernel − 1) · dilation + 1)) / stride⌋ + 1. Parameters: `weights` `kernel…×C/groups×filters`,
///   Glorot uniform; `bias` `filters`, zero. With a connection table: `weights` `kernel…×connections`.
/// - Errors: an input of another rank; a kernel larger than the padded input; groups that do not divide the channels
///   and the filters; reflect padding as wide as the input; a connection table that does not fit.
/// - Source: LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition", §II.A; Dumoulin & Visin
///   2016, "A guide to convolution arithmetic for deep learning".
public struct Conv<Size: SpatialSize>: Layer {
  public var filters: Int
  public var kernel: Size
  public var strides: Size
  public var dilation: Size
  public var groups: Int
  public var padding: Padding
  public var paddingMode: PaddingMode
  public var flipped: Bool
  public var connections: ConnectionTable?
  public var bias: Bool
  public var activation: Activation?
  public var initializer: Initializer
  public var biasInitializer: Initializer

  /// - Parameters:
  ///   - filters: how many there are: the channels of the result.
  ///   - kernel: the window; `3` means 3 along every axis, `Size2D(1, 7)` one row of seven.
  ///   - strides: how far the window moves from one position to the next.
  ///   - dilation: how far apart the positions within the window lie.
  ///   - groups: so many convolutions side by side, each on its share of the channels.
  ///   - padding: how wide the border is; `paddingMode` says what it is made of.
  ///   - paddingMode: what a border is made of.
  ///   - flipped: whether the kernel is turned round, as in the convolution of mathematics: `y[p] = Σ x[p − k] w[k]`.
  ///     Without training it is turned once, before the first run.
  ///   - connections: which channels each filter sees; all of them if not given.
  ///   - bias: whether a number is added to each result.
  ///   - activation: applied to the result.
  ///   - initializer: of the weights.
  ///   - biasInitializer: of the bias.
  public init(
    filters: Int, kernel: Size, strides: Size = Size(1), dilation: Size = Size(1), groups: Int = 1,
    padding: Padding = .valid, paddingMode: PaddingMode = .zeros, flipped: Bool = false,
    connections: ConnectionTable? = nil, bias: Bool = true, activation: Activation? = nil,
    initializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros
  ) {
    (self.filters, self.kernel, self.strides, self.dilation) = (filters, kernel, strides, dilation)
    (self.groups, self.padding, self.paddingMode, self.flipped) = (groups, padding, paddingMode, flipped)
    (self.connections, self.bias, self.activation) = (connections, bias, activation)
    (self.initializer, self.biasInitializer) = (initializer, biasInitializer)
  }

  public static var kind: String { "Conv\(Size.axes)D" }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessSpatial(Size.axes, Self.kind) { return mistake }
    if let mistake = x.failingUnlessCount(filters, "filters") { return mistake }
    let window = Window(
      size: kernel.sizes, strides: strides.sizes, dilations: dilation.sizes, padding: padding)
    let channels = max(x.channels / max(groups, 1), 1)
    let shape = Shape(window.size + [channels, filters])
    // The window is checked before its weights are made: a kernel of 0×0 is a mistake of the kernel.
    do throws(ShapeError) {
      _ = try Op.Convolution(window, groups: groups).outputShape(for: [x.shape, shape])
      try connections?.check(channels: x.channels, filters: filters, groups: groups, initializer)
      if flipped, let long = window.size.first(where: { $0 > SparseMatrix.longest }) {
        throw ShapeError(
          "a flipped window of \(long) positions along an axis", fix: "use at most \(SparseMatrix.longest)")
      }
    } catch {
      let repaired = window.sameSpatial(on: x.shape).map { Shape([x.shape[0]] + $0 + [filters]) }
      return x.failing(error.problem, fix: error.fix, assuming: repaired)
    }
    let (source, sliding) = x.bordered(for: window, mode: paddingMode)
    var weights =
      connections?.weights(of: x, window: window, filters: filters, initializer)
      ?? x.parameter("weights", shape: shape, initializer.inGroups(groups))
    if flipped { weights = weights.mapped(fromAxis: 0, by: window.size.map(SparseMatrix.reversed)) }
    let y = source.applying(Op.Convolution(sliding, groups: groups), weights)
    return y.finished(bias: bias ? [filters] : nil, biasInitializer, activation)
  }
}

/// A convolution over sequences `L×C`.
public typealias Conv1D = Conv<Int>

/// A convolution over images `H×W×C`.
public typealias Conv2D = Conv<Size2D>

/// A convolution over volumes `D×H×W×C`.
public typealias Conv3D = Conv<Size3D>

extension Value {
  /// The input with its border where that is not zeros, and the window that slides over it.
  func bordered(for window: Window, mode: PaddingMode) -> (source: Value, window: Window) {
    let edges = (0..<window.rank).map { window.edges($0, length: shape[$0 + 1]) }
    guard mode != .zeros, edges.contains(where: { $0.before + $0.after > 0 }) else { return (self, window) }
    var inside = window
    inside.padding = .valid
    do throws(ShapeError) {
      var borders: [SparseMatrix?] = []
      for (axis, edge) in edges.enumerated() {
        let isBordered = edge.before + edge.after > 0
        borders.append(
          isBordered ? try .border(shape[axis + 1], before: edge.before, after: edge.after, mode) : nil)
      }
      return (mapped(fromAxis: 1, by: borders), inside)
    } catch {
      let padded = edges.enumerated().map { $1.before + shape[$0 + 1] + $1.after }
      return (failing(error.problem, fix: error.fix, assuming: Shape([batch] + padded + [channels])), inside)
    }
  }

  /// `activation(self + bias)`.
  func finished(bias shape: Shape?, _ initializer: Initializer, _ activation: Activation?) -> Value {
    var y = self
    if let shape { y = y + y.parameter("bias", shape: shape, initializer) }
    return activation?(y) ?? y
  }
}
