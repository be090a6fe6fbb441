/// Layers whose weights are a direction and a length: `w = g · v / ‖v‖`, the norm over all but the last axis. That is the
/// filters of a convolution and the units of a dense layer; of a transposed convolution it is the channels that come in,
/// as PyTorch's `weight_norm` has it too, with a connection table the connections, of `Bilinear` the pairs of a channel
/// of the second input and a unit.
///
/// ```swift
/// WeightNorm { Conv2D(filters: 32, kernel: 3) }
/// ```
///
/// - Shapes: as of the layers. Parameters: `weights` is v; besides it `weights_length` g, of the last axis, which before
///   training is the norm that weights so drawn have on average.
/// - Errors: those of the layers.
/// - Source: Salimans & Kingma 2016, "Weight Normalization", eq. 2.
public struct WeightNorm: Combinator {
  public var body: Sequential

  /// - Parameter body: the layers whose weights are changed.
  public init(@LayerBuilder _ body: () -> Sequential) { self.body = body() }

  public func forward(_ x: Value) -> Value {
    x.builder.changingWeights { v, initializer in
      let axes = Array(0..<(v.rank - 1))
      let count = v.shape.count / v.channels
      let length = (Float(count) * initializer.meanSquare(of: v.shape)).squareRoot()
      let g = v.parameter("weights_length", shape: [v.channels], .constant(length == 0 ? 1 : length))
      return v * (g * (v * v).sum(over: axes).applying(Op.ReciprocalSquareRoot(epsilon: 1e-24)))
    } _: {
      body.forward(x)
    }
  }
}
