// x · gate(x): a gate that opens smoothly.

/// `x · Φ(x)`, Φ the distribution function of the normal distribution.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: an input of whole numbers.
/// - Source: Hendrycks & Gimpel 2016, "Gaussian Error Linear Units", §2.
public struct GELU: Layer {
  public static let defaultName = "gelu"
  /// How Φ is computed.
  public enum Form: Hashable, Sendable {
    /// By the error function: ½ · (1 + erf(x / √2)).
    case exact
    /// ½ · (1 + tanh(√(2/π) · (x + 0.044715 · x³))), within 5e-4 of it.
    case tanh
  }

  public var form: Form

  /// - Parameter form: how Φ is computed.
  public init(_ form: Form = .exact) { self.form = form }

  public func forward(_ x: Value) -> Value {
    switch form {
    case .exact: x * 0.5 * ((x * Float(0.5).squareRoot()).applying(Op.ErrorFunction()) + 1)
    case .tanh: x * 0.5 * ((0.7978845608 * (x + 0.044715 * (x * x * x))).applying(Op.Tanh()) + 1)
    }
  }
}

/// `x · σ(βx)`; with β = 1 it is known as SiLU.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: a β that is not finite.
/// - Source: Ramachandran, Zoph & Le 2017, "Searching for Activation Functions", §4; Elfwing, Uchibe & Doya 2018.
public struct Swish: Layer {
  public static let defaultName = "swish"
  public var beta: Float

  /// - Parameter beta: how steeply the gate opens: at 0 the layer is x / 2, at infinity the rectifier.
  public init(beta: Float = 1) { self.beta = beta }

  public func forward(_ x: Value) -> Value {
    guard beta.isFinite else { return x.failing("β is \(beta)", fix: "use a number", assuming: x.shape) }
    return x * (beta * x).applying(Op.Sigmoid())
  }
}

/// The sigmoid linear unit, `x · σ(x)`.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: an input of whole numbers.
/// - Source: Elfwing, Uchibe & Doya 2018, "Sigmoid-Weighted Linear Units", §2.
public struct SiLU: Layer {
  public static let defaultName = "silu"
  public init() {}
  public func forward(_ x: Value) -> Value { x * x.applying(Op.Sigmoid()) }
}

/// `x · min(max(x + 3, 0), 6) / 6`: a swish of straight lines.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: an input of whole numbers.
/// - Source: Howard et al. 2019, "Searching for MobileNetV3", §5.2.
public struct HardSwish: Layer {
  public static let defaultName = "hard_swish"
  public init() {}
  public func forward(_ x: Value) -> Value { x * HardSigmoid().forward(x) }
}

/// `x · tanh(log(1 + eˣ))`.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: an input of whole numbers.
/// - Source: Misra 2019, "Mish: A Self Regularized Non-Monotonic Activation Function", eq. 1.
public struct Mish: Layer {
  public static let defaultName = "mish"
  public init() {}
  public func forward(_ x: Value) -> Value { x * x.applying(Op.Softplus()).applying(Op.Tanh()) }
}
