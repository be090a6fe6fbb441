/// In training, sets each number to zero with probability `rate` and divides the others by `1 − rate`; in inference,
/// nothing. Which ones is a function of the seed, the layer's path and the step alone.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: a rate outside 0..<1.
/// - Source: Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting".
public struct Dropout: Layer {
  public var rate: Float

  /// - Parameter rate: the probability of a zero, in 0..<1.
  public init(_ rate: Float) { self.rate = rate }

  public func forward(_ x: Value) -> Value {
    guard (0..<1).contains(rate) else {
      return x.failing("the dropout rate is \(rate)", fix: "use 0 or more, and less than 1", assuming: x.shape)
    }
    guard x.isTraining, rate > 0 else { return x }
    let operation = Op.Dropout(rate: rate, stream: x.builder.randomStream())
    return x.applying(operation, x.builder.randomState)
  }
}
