public import FoveaCore

// One step of an optimizer, element by element. The rates change from step to step, so they are inputs.

/// An optimizer's step; it is not differentiated.
public protocol OptimizerStep: Operation {}

extension OptimizerStep {
  public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { inputs[0] }
}

extension Op {
  /// `(w, d, rate)` → `w − rate · d`; the rate is a scalar.
  public struct Descend: OptimizerStep {
    public static let name = "descend"
    public init() {}
  }

  /// `(v, g)` → `decay · v + (1 − decay) · g²`.
  public struct SecondMoment: OptimizerStep {
    public static let name = "second_moment"
    public let decay: Float
    public init(decay: Float) { self.decay = decay }
  }

  /// `(w, m, v, rates)` → `w − rates[0] · m / (√(v · rates[1]) + ε) − rates[2] · w`.
  ///
  /// `rates` are the learning rate over 1 − β₁ᵗ, the reciprocal of 1 − β₂ᵗ, and the decoupled weight decay times the
  /// learning rate.
  ///
  /// - Source: Kingma & Ba 2015, "Adam", algorithm 1; Loshchilov & Hutter 2019, "Decoupled Weight Decay", algorithm 2.
  public struct AdamDescend: OptimizerStep {
    public static let name = "adam_descend"
    public let epsilon: Float
    public init(epsilon: Float) { self.epsilon = epsilon }
  }
}
