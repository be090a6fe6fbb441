/// Layers beside the model whose scores are compared with the targets too while it is trained, so that gradients reach the
/// lower layers on a shorter way. The input goes on as it is.
///
/// ```swift
/// AuxiliaryHead(weight: 0.3) {
///   GlobalAveragePool2D()
///   Dense(10)
/// }
/// ```
///
/// What predicts does without the head's arithmetic; its parameters stay with the model's.
///
/// - Shapes: any → the same; the layers give what the model gives. Parameters: those of the layers.
/// - Errors: those of the layers; a weight that is negative or not finite; in training, scores of another shape than the
///   model's.
/// - Source: Szegedy et al. 2015, "Going Deeper with Convolutions", §5; Lee et al. 2015, "Deeply-Supervised Nets".
public struct AuxiliaryHead: Combinator {
  public var weight: Float
  public var body: Sequential

  /// - Parameters:
  ///   - weight: how much the loss of these scores counts, that of the model's own counting 1.
  ///   - body: the layers, which end in scores.
  public init(weight: Float, @LayerBuilder _ body: () -> Sequential) { (self.weight, self.body) = (weight, body()) }

  public func forward(_ x: Value) -> Value {
    guard weight >= 0, weight.isFinite else {
      return x.failing("the weight of an auxiliary head is \(weight)", fix: "use 0 or more", assuming: x.shape)
    }
    x.builder.auxiliaryOutput(body.forward(x), weight: weight)
    return x
  }
}
