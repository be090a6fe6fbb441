public import FoveaCore

/// How a parameter is drawn before training.
///
/// Fan-in and fan-out are those of the weights `…×I×O`: receptive field × I, receptive field × O.
public enum Initializer: Hashable, Sendable {
  case zeros
  case constant(Float)
  /// Uniform in `-limit...limit`.
  case uniform(limit: Float)
  /// Normal with mean 0.
  case normal(deviation: Float)
  /// Uniform, limit √(6 / (fan-in + fan-out)). Glorot & Bengio 2010, eq. 16.
  case glorotUniform
  /// Normal, deviation √(2 / (fan-in + fan-out)).
  case glorotNormal
  /// Uniform, limit √(6 / fan-in). He et al. 2015, "Delving Deep into Rectifiers", eq. 10.
  case heUniform
  /// Normal, deviation √(2 / fan-in).
  case heNormal
  /// Uniform, limit √(3 / fan-in). LeCun et al. 1998, "Efficient BackProp", §4.6.
  case lecunUniform
  /// Normal, deviation √(1 / fan-in).
  case lecunNormal

  /// A tensor drawn from the stream of `path`: it does not depend on what other parameters a model has.
  public func tensor(shape: Shape, path: String, seed: UInt64) -> Tensor {
    let stream = RandomStream(seed: seed, stream: RandomStream.identifier(of: path))
    let (fanIn, fanOut) = Self.fans(of: shape)
    func uniform(_ limit: Float) -> Tensor {
      Tensor((0..<shape.count).map { limit * (2 * stream.uniform($0) - 1) }, shape: shape)
    }
    func normal(_ deviation: Float) -> Tensor {
      Tensor((0..<shape.count).map { deviation * stream.normal($0) }, shape: shape)
    }
    return switch self {
    case .zeros: Tensor(shape: shape)
    case .constant(let value): Tensor([Float](repeating: value, count: shape.count), shape: shape)
    case .uniform(let limit): uniform(limit)
    case .normal(let deviation): normal(deviation)
    case .glorotUniform: uniform((6 / (fanIn + fanOut)).squareRoot())
    case .glorotNormal: normal((2 / (fanIn + fanOut)).squareRoot())
    case .heUniform: uniform((6 / fanIn).squareRoot())
    case .heNormal: normal((2 / fanIn).squareRoot())
    case .lecunUniform: uniform((3 / fanIn).squareRoot())
    case .lecunNormal: normal((1 / fanIn).squareRoot())
    }
  }

  static func fans(of shape: Shape) -> (in: Float, out: Float) {
    guard shape.rank >= 2 else { return (Float(shape.count), Float(shape.count)) }
    let field = shape.dimensions.dropLast(2).reduce(1, *)
    return (Float(field * shape[shape.rank - 2]), Float(field * shape[shape.rank - 1]))
  }
}
