// Functions in which the channels compete.

/// `e^(βx) / Σ e^(βx)` over the channels: probabilities. A model that is trained ends before it, because the loss takes
/// scores.
///
/// - Shapes: `…×C` → the same. No parameters.
/// - Errors: a β that is not finite.
/// - Source: Bridle 1990, "Probabilistic Interpretation of Feedforward Classification Network Outputs", §3.
public struct Softmax: Layer {
  /// How decided it is: 0 gives equal probabilities, infinity the maximum alone.
  public var beta: Float

  /// - Parameter beta: how decided it is.
  public init(beta: Float = 1) { self.beta = beta }

  public func forward(_ x: Value) -> Value {
    guard beta.isFinite else { return x.failing("β is \(beta)", fix: "use a number", assuming: x.shape) }
    return (beta * x).applying(Op.Softmax())
  }
}

/// The logarithm of the softmax, `x − log Σ eˣ`, over the channels.
///
/// - Shapes: `…×C` → the same. No parameters.
/// - Errors: an input of whole numbers.
/// - Source: Goodfellow, Bengio & Courville 2016, "Deep Learning", §6.2.2.3, eq. 6.30; ONNX operator LogSoftmax.
public struct LogSoftmax: Layer {
  public init() {}
  public func forward(_ x: Value) -> Value { x.applying(Op.LogSoftmax()) }
}

/// The largest of every few neighbouring channels. After a convolution or `Dense` with that many times the channels, each
/// unit is the maximum of several linear functions.
///
/// - Shapes: `…×C` → `…×(C / pieces)`. No parameters.
/// - Errors: pieces that do not divide the channels.
/// - Source: Goodfellow et al. 2013, "Maxout Networks", eq. 2.
public struct Maxout: Layer {
  public var pieces: Int

  /// - Parameter pieces: how many neighbouring channels compete.
  public init(pieces: Int) { self.pieces = pieces }

  public func forward(_ x: Value) -> Value {
    guard pieces >= 1, x.channels % pieces == 0 else {
      return x.failing(
        "Maxout of \(pieces) pieces on \(x.channels) channels",
        fix: "give the layer before it a multiple of \(max(pieces, 1)) filters or units", assuming: x.shape)
    }
    let leading = x.shape.dimensions.dropLast()
    return x.reshaped(to: Shape(leading + [x.channels / pieces, pieces])).applying(Op.Maximum(over: [x.rank]))
  }
}
