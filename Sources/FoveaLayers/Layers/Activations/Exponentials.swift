// Rectifiers that bend smoothly below 0.

/// `x` above 0, `α · (eˣ − 1)` below: means closer to 0 than the rectifier's.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: an α that is not finite.
/// - Source: Clevert, Unterthiner & Hochreiter 2016, "Fast and Accurate Deep Network Learning by Exponential Linear
///   Units", eq. 15.
public struct ELU: Layer {
  public static let defaultName = "elu"
  public var alpha: Float

  /// - Parameter alpha: the negative of what the result tends to far below 0.
  public init(alpha: Float = 1) { self.alpha = alpha }

  public func forward(_ x: Value) -> Value {
    guard alpha.isFinite else { return x.failing("α is \(alpha)", fix: "use a number", assuming: x.shape) }
    return x.positivePart + alpha * x.negativePart.applying(Op.ExponentialMinus1())
  }
}

/// `x` above 0, `α · (e^(x/α) − 1)` below: an ELU without a kink for any α.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: an α that is not above 0.
/// - Source: Barron 2017, "Continuously Differentiable Exponential Linear Units".
public struct CELU: Layer {
  public static let defaultName = "celu"
  public var alpha: Float

  /// - Parameter alpha: the negative of what the result tends to far below 0.
  public init(alpha: Float = 1) { self.alpha = alpha }

  public func forward(_ x: Value) -> Value {
    guard alpha > 0, alpha.isFinite else {
      return x.failing("α is \(alpha)", fix: "use a number above 0", assuming: x.shape)
    }
    return x.positivePart + alpha * (x.negativePart / alpha).applying(Op.ExponentialMinus1())
  }
}

/// `λ · ELU(x)` with the λ and α that keep mean 0 and variance 1 from layer to layer, if the layer before it draws
/// its weights with `initializer: .lecunNormal`.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: an input of whole numbers.
/// - Source: Klambauer et al. 2017, "Self-Normalizing Neural Networks", eq. 2 and 14.
public struct SELU: Layer {
  public static let defaultName = "selu"
  /// λ.
  public static let scale: Float = 1.0507009873554805
  public static let alpha: Float = 1.6732632423543772
  public init() {}

  public func forward(_ x: Value) -> Value { Self.scale * ELU(alpha: Self.alpha).forward(x) }
}
