// Functions that flatten on both sides, and their smooth relatives.

/// The hyperbolic tangent.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: an input of whole numbers.
/// - Source: LeCun et al. 1998, "Efficient BackProp", §4.4; ONNX operator Tanh.
public struct Tanh: Layer {
  public init() {}
  public func forward(_ x: Value) -> Value { x.applying(Op.Tanh()) }
}

/// LeNet-5's squashing function, `1.7159 · tanh(⅔ · x)`: its slope is largest at ±1, where the targets are.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: an input of whole numbers.
/// - Source: LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition", appendix A.
public struct ScaledTanh: Layer {
  public static let defaultName = "scaled_tanh"
  public init() {}
  public func forward(_ x: Value) -> Value { 1.7159 * (x * (2.0 / 3)).applying(Op.Tanh()) }
}

/// The logistic function, `1 / (1 + e⁻ˣ)`.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: an input of whole numbers.
/// - Source: Rumelhart, Hinton & Williams 1986, "Learning Representations by Back-Propagating Errors", eq. 2.
public struct Sigmoid: Layer {
  public init() {}
  public func forward(_ x: Value) -> Value { x.applying(Op.Sigmoid()) }
}

/// The logarithm of the logistic function, `−log(1 + e⁻ˣ)`.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: an input of whole numbers.
/// - Source: Goodfellow, Bengio & Courville 2016, "Deep Learning", §3.10; PyTorch `LogSigmoid`.
public struct LogSigmoid: Layer {
  public static let defaultName = "log_sigmoid"
  public init() {}
  public func forward(_ x: Value) -> Value { -(-x).applying(Op.Softplus()) }
}

/// `min(max(x + 3, 0), 6) / 6`: a logistic function of straight lines.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: an input of whole numbers.
/// - Source: Howard et al. 2019, "Searching for MobileNetV3", §5.2.
public struct HardSigmoid: Layer {
  public static let defaultName = "hard_sigmoid"
  public init() {}
  public func forward(_ x: Value) -> Value { (x + 3).clamped(0, 6) / 6 }
}

/// `log(1 + eˣ)`: a rectifier without a kink.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: an input of whole numbers.
/// - Source: Dugas et al. 2001, "Incorporating Second-Order Functional Knowledge for Better Option Pricing", eq. 3.
public struct Softplus: Layer {
  public init() {}
  public func forward(_ x: Value) -> Value { x.applying(Op.Softplus()) }
}

/// `x / (1 + |x|)`.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: an input of whole numbers.
/// - Source: Bergstra et al. 2009, "Quadratic Polynomials Learn Better Image Features", §2.
public struct Softsign: Layer {
  public init() {}
  public func forward(_ x: Value) -> Value { x / (x.absolute + 1) }
}
