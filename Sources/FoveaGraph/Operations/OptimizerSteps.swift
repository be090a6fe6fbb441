public import FoveaCore

// One step of an optimizer, element by element. The rates change from step to step, so they are inputs.

extension Op {
  /// `(w, d, rate)` → `w − rate · d`; the rate is a scalar.
  public struct Descend: NotDifferentiable {
    public static let name = "descend"
    public init() {}

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try require("rate", inputs[2], toBe: [])
      return try require("direction", inputs[1], toBe: inputs[0])
    }
  }

  /// `(v, g)` → `decay · v + (1 − decay) · g²`.
  public struct SecondMoment: NotDifferentiable {
    public static let name = "second_moment"
    public let decay: Float
    public init(decay: Float) { self.decay = decay }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try require("gradient", inputs[1], toBe: inputs[0])
    }
  }

  /// `(w, m, v, rates)` → `w − rates[0] · m / (√(v · rates[1]) + ε) − rates[2] · w`.
  ///
  /// `rates` are the learning rate over 1 − β₁ᵗ, the reciprocal of 1 − β₂ᵗ, and the decoupled weight decay times the
  /// learning rate.
  ///
  /// - Source: Kingma & Ba 2015, "Adam", algorithm 1; Loshchilov & Hutter 2019, "Decoupled Weight Decay", algorithm 2.
  public struct AdamDescend: NotDifferentiable {
    public static let name = "adam_descend"
    public let epsilon: Float
    public init(epsilon: Float) { self.epsilon = epsilon }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try require("second moment", inputs[2], toBe: inputs[0])
      try require("rates", inputs[3], toBe: [3])
      return try require("first moment", inputs[1], toBe: inputs[0])
    }
  }
}
