/// The function at the end of another layer, in that layer's scope: `Conv2D(filters: 32, kernel: 3, activation: .relu)`.
///
/// Any layer can be one; a new activation layer adds a line here.
public struct Activation: Sendable {
  public let layer: any Layer

  /// - Parameter layer: the function, in the scope of the layer that it ends.
  public init(_ layer: some Layer) { self.layer = layer }

  public func callAsFunction(_ x: Value) -> Value { layer.forward(x) }

  public static let relu = Activation(ReLU())
  public static let relu6 = Activation(ReLU6())
  public static let leakyReLU = Activation(LeakyReLU())
  public static let prelu = Activation(PReLU())
  public static let rrelu = Activation(RandomizedLeakyReLU())
  public static let elu = Activation(ELU())
  public static let celu = Activation(CELU())
  public static let selu = Activation(SELU())
  public static let gelu = Activation(GELU())
  public static let silu = Activation(SiLU())
  public static let hardSwish = Activation(HardSwish())
  public static let mish = Activation(Mish())
  public static let tanh = Activation(Tanh())
  public static let scaledTanh = Activation(ScaledTanh())
  public static let hardTanh = Activation(HardTanh())
  public static let sigmoid = Activation(Sigmoid())
  public static let hardSigmoid = Activation(HardSigmoid())
  public static let logSigmoid = Activation(LogSigmoid())
  public static let softplus = Activation(Softplus())
  public static let softsign = Activation(Softsign())
  public static let softmax = Activation(Softmax())
  public static let logSoftmax = Activation(LogSoftmax())

  public static func leakyReLU(slope: Float) -> Activation { Activation(LeakyReLU(slope: slope)) }
  public static func elu(alpha: Float) -> Activation { Activation(ELU(alpha: alpha)) }
  public static func gelu(_ form: GELU.Form) -> Activation { Activation(GELU(form)) }
  public static func swish(beta: Float) -> Activation { Activation(Swish(beta: beta)) }
  public static func maxout(pieces: Int) -> Activation { Activation(Maxout(pieces: pieces)) }
}
