public import FoveaGraph

/// Stochastic gradient descent, with momentum if wanted: `v ← μ·v + g`, `w ← w − η·v`.
///
/// - Source: Polyak 1964 (momentum); Sutskever et al. 2013, "On the importance of initialization and momentum in deep
///   learning", §2 (Nesterov's variant, `w ← w − η·(g + μ·v)`). As in PyTorch, η is not part of v.
public struct SGD: Optimizer, Hashable {
  public static let name = "sgd"
  public var learningRate: Float
  public var momentum: Float
  public var isNesterov: Bool
  public var weightDecay: Float

  public init(learningRate: Float = 0.01, momentum: Float = 0, nesterov: Bool = false, weightDecay: Float = 0) {
    (self.learningRate, self.momentum) = (learningRate, momentum)
    (isNesterov, self.weightDecay) = (nesterov, weightDecay)
  }

  public var mistake: String? {
    Self.mistake(momentum, "momentum", isRight: (0..<1).contains(momentum), "0 or more, below 1")
      ?? mistake(weightDecay: weightDecay)
  }

  public func rates(learningRate: Float, step: Int) -> [Float] { [learningRate] }

  public func addStep(parameter: Value, gradient: Value, rates: Value, state: (String) -> Value) {
    let gradient = penalized(gradient, parameter, decay: weightDecay)
    var direction = gradient
    if momentum != 0 {
      let velocity = state("momentum")
      let next = velocity.applying(Op.LinearCombination([momentum, 1]), gradient)
      next.update(velocity)
      direction = isNesterov ? gradient.applying(Op.LinearCombination([1, momentum]), next) : next
    }
    parameter.applying(Op.Descend(), direction, rates.reshaped(to: [])).update(parameter)
  }
}
