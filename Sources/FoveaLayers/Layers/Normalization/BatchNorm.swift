/// Batch normalisation: every channel shifted and scaled to mean 0 and variance 1, then `scale · x̂ + bias`.
///
/// In training the moments are the batch's, and running averages of them are kept; in inference they are those
/// averages. The running variance takes the unbiased variance of the batch, M / (M − 1) · σ², as in PyTorch; M is the
/// number of values of a channel in the batch. Keras 3 takes σ² itself.
///
/// - Shapes: `…×C` → the same. Parameters: `scale` `C`, one; `bias` `C`, zero; not trained: `moving_mean` `C`, zero;
///   `moving_variance` `C`, one.
/// - Errors: a momentum outside 0...1; an epsilon that is not above 0; an input of whole numbers.
/// - Source: Ioffe & Szegedy 2015, "Batch Normalization", algorithms 1 and 2.
public struct BatchNorm: Layer {
  /// The weight of the old mean when a batch updates it, in 0...1: PyTorch's `momentum` is 1 minus this.
  public var momentum: Float
  /// Added to the variance, so that a constant channel does not divide by zero.
  public var epsilon: Float

  /// The defaults are PyTorch's (there `momentum: 0.1`). Keras has 0.99, which follows slowly: after the 470 steps of
  /// one epoch of MNIST, 1 % of the initial values would still be there.
  ///
  /// - Parameters:
  ///   - momentum: the weight of the old mean when a batch updates it, in 0...1.
  ///   - epsilon: added to the variance.
  public init(momentum: Float = 0.9, epsilon: Float = 1e-5) { (self.momentum, self.epsilon) = (momentum, epsilon) }

  public func forward(_ x: Value) -> Value {
    guard (0...1).contains(momentum), epsilon > 0 else {
      return x.failing(
        "the momentum is \(momentum), epsilon is \(epsilon)", fix: "use 0...1 for the momentum and epsilon above 0",
        assuming: x.shape)
    }
    let scale = x.parameter("scale", shape: [x.channels], .constant(1))
    let bias = x.parameter("bias", shape: [x.channels], .zeros)
    let movingMean = x.parameter("moving_mean", shape: [x.channels], .zeros, isTrainable: false)
    let movingVariance = x.parameter("moving_variance", shape: [x.channels], .constant(1), isTrainable: false)
    guard x.isTraining else {
      let rows = [movingMean, movingVariance].map { $0.reshaped(to: [1, x.channels]) }
      return x.applying(Op.BatchNormalize(epsilon: epsilon), concatenate(rows, axis: 0), scale, bias)
    }
    let moments = x.applying(Op.BatchMoments())
    let count = x.shape.count / x.channels
    let unbiased = Float(count) / Float(max(count - 1, 1))  // a single value has variance 0, whatever the factor
    mix(moments.row(0), 1 - momentum, into: movingMean)
    mix(moments.row(1), (1 - momentum) * unbiased, into: movingVariance)
    return x.applying(Op.BatchNorm(epsilon: epsilon), scale, bias)
  }

  private func mix(_ new: Value, _ weight: Float, into average: Value) {
    average.applying(Op.LinearCombination([momentum, weight]), new).update(average)
  }
}
