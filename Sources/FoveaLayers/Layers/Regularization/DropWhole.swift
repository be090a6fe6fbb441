// Dropouts of more than single numbers. In inference all of them do nothing.

/// In training, sets whole channels of an example to zero with probability `rate` and divides the others by `1 − rate`:
/// neighbouring pixels say much the same, so that dropping single ones drops little.
///
/// - Shapes: `N×spatial…×C` → the same. No parameters.
/// - Errors: a rate outside 0..<1.
/// - Source: Tompson et al. 2015, "Efficient Object Localization Using Convolutional Networks", §3.2.
public struct SpatialDropout: Layer {
  public var rate: Float

  /// - Parameter rate: the probability of zeros, in 0..<1.
  public init(_ rate: Float) { self.rate = rate }

  public func forward(_ x: Value) -> Value {
    let channels = [x.batch] + [Int](repeating: 1, count: max(x.rank - 2, 0)) + [x.channels]
    return x.dropping(rate, "dropout rate", Shape(channels))
  }
}

/// In training, sets the whole of an example to zero with probability `rate` and divides the others by `1 − rate`. As the
/// last layer of a residual's body it is stochastic depth: some examples skip the body.
///
/// - Shapes: `N×…` → the same. No parameters.
/// - Errors: a rate outside 0..<1.
/// - Source: Huang et al. 2016, "Deep Networks with Stochastic Depth", §3.
public struct StochasticDepth: Layer {
  public var rate: Float

  /// - Parameter rate: the probability of zeros, in 0..<1.
  public init(_ rate: Float) { self.rate = rate }

  public func forward(_ x: Value) -> Value {
    x.dropping(rate, "rate", Shape([x.batch] + [Int](repeating: 1, count: x.rank - 1)))
  }
}

/// Layers of which, in training, each weight is zero with probability `rate`, and the others are divided by `1 − rate`.
///
/// ```swift
/// DropConnect(0.5) { Dense(128) }
/// ```
///
/// - Shapes and parameters: as of the layers.
/// - Errors: a rate outside 0..<1.
/// - Source: Wan et al. 2013, "Regularization of Neural Networks Using DropConnect", §3; one mask for a batch, and the mean
///   of the weights in inference.
public struct DropConnect: Combinator {
  public var rate: Float
  public var body: Sequential

  /// - Parameters:
  ///   - rate: the probability of a zero, in 0..<1.
  ///   - body: the layers whose weights are dropped.
  public init(_ rate: Float, @LayerBuilder _ body: () -> Sequential) { (self.rate, self.body) = (rate, body()) }

  public func forward(_ x: Value) -> Value {
    x.builder.changingWeights { weights, _ in
      Dropout(rate).forward(weights)
    } _: {
      body.forward(x)
    }
  }
}

extension Value {
  /// This times a mask of `shape`, each of its numbers zero with probability `rate`.
  fileprivate func dropping(_ rate: Float, _ noun: String, _ shape: Shape) -> Value {
    guard (0..<1).contains(rate) else {
      return failing("the \(noun) is \(rate)", fix: "use 0 or more, and less than 1", assuming: self.shape)
    }
    guard isTraining, rate > 0 else { return self }
    let ones = builder.constant(Tensor([Float](repeating: 1, count: shape.count), shape: shape))
    return self * Dropout(rate).forward(ones)
  }
}
