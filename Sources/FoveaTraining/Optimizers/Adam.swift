internal import Glibc
public import FoveaGraph

/// Steps scaled by running averages of the gradient and of its square.
///
/// - Source: Kingma & Ba 2015, "Adam: A Method for Stochastic Optimization", algorithm 1.
public struct Adam: Optimizer, Hashable {
  public static let name = "adam"
  public var learningRate: Float
  public var beta1: Float
  public var beta2: Float
  public var epsilon: Float
  /// Added to the gradient as `weightDecay · w`.
  public var weightDecay: Float

  public init(
    learningRate: Float = 1e-3, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0
  ) {
    (self.learningRate, self.beta1, self.beta2) = (learningRate, beta1, beta2)
    (self.epsilon, self.weightDecay) = (epsilon, weightDecay)
  }

  public var mistake: String? {
    Self.mistake(beta1, "beta1", isRight: (0..<1).contains(beta1), "0 or more, below 1")
      ?? Self.mistake(beta2, "beta2", isRight: (0..<1).contains(beta2), "0 or more, below 1")
      ?? Self.mistake(epsilon, "epsilon", isRight: epsilon > 0, "a number above 0")
      ?? mistake(weightDecay: weightDecay)
  }

  public func rates(learningRate: Float, step: Int) -> [Float] {
    rates(learningRate: learningRate, step: step, decoupledDecay: 0)
  }

  func rates(learningRate: Float, step: Int, decoupledDecay: Float) -> [Float] {
    let correction1 = 1 - pow(Double(beta1), Double(step))
    let correction2 = 1 - pow(Double(beta2), Double(step))
    return [Float(Double(learningRate) / correction1), Float(1 / correction2), learningRate * decoupledDecay]
  }

  public func addStep(parameter: Value, gradient: Value, rates: Value, state: (String) -> Value) {
    let gradient = penalized(gradient, parameter, decay: weightDecay)
    let (first, second) = (state("first_moment"), state("second_moment"))
    let nextFirst = first.applying(Op.LinearCombination([beta1, 1 - beta1]), gradient)
    let nextSecond = second.applying(Op.SecondMoment(decay: beta2), gradient)
    nextFirst.update(first)
    nextSecond.update(second)
    parameter.applying(Op.AdamDescend(epsilon: epsilon), nextFirst, nextSecond, rates).update(parameter)
  }
}

/// Adam with weight decay apart from the gradient: `w ← w − η·(step + weightDecay·w)`.
///
/// - Source: Loshchilov & Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2.
public struct AdamW: Optimizer, Hashable {
  public static let name = "adamw"
  private var adam: Adam
  public var weightDecay: Float

  public init(
    learningRate: Float = 1e-3, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8,
    weightDecay: Float = 0.01
  ) {
    adam = Adam(learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon)
    self.weightDecay = weightDecay
  }

  public var learningRate: Float { adam.learningRate }

  public var mistake: String? { adam.mistake ?? mistake(weightDecay: weightDecay) }

  public func rates(learningRate: Float, step: Int) -> [Float] {
    adam.rates(learningRate: learningRate, step: step, decoupledDecay: weightDecay)
  }

  public func addStep(parameter: Value, gradient: Value, rates: Value, state: (String) -> Value) {
    adam.addStep(parameter: parameter, gradient: gradient, rates: rates, state: state)
  }
}
