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
  /// Normal with mean 0, numbers beyond two deviations drawn again.
  case truncatedNormal(deviation: Float)
  /// With variance `scale / fan`.
  case varianceScaling(scale: Float, Fan, Distribution)
  /// Orthonormal columns, or rows where the matrix is wider than high, times `gain`; all axes but the last are the rows.
  /// Saxe, McClelland & Ganguli 2014, "Exact Solutions to the Nonlinear Dynamics of Learning", §3.
  case orthogonal(gain: Float = 1)
  /// Leaves the input as it is: 1 in the middle of the window, from each channel to itself, in each of the groups (which
  /// a layer says itself). Zagoruyko & Komodakis 2017,
  /// "DiracNets"; the identity of a dense layer (Le, Jaitly & Hinton 2015).
  case dirac(groups: Int = 1)
  /// A transposed convolution that interpolates linearly. Long, Shelhamer & Darrell 2015, "Fully Convolutional Networks",
  /// §3.3.
  case bilinear(groups: Int = 1)
  /// These numbers in row-major order, from the first one again where the parameter has more; zeros if there are none.
  case values([Float])

  /// What a variance is divided by.
  public enum Fan: Hashable, Sendable { case `in`, out, average }

  /// How numbers of a variance are drawn.
  public enum Distribution: Hashable, Sendable { case uniform, normal, truncatedNormal }

  /// The deviation of a normal distribution cut at two deviations.
  static let truncatedDeviation: Float = 0.8796256610342398

  /// A tensor drawn from the stream of `path`: it does not depend on what other parameters a model has.
  public func tensor(shape: Shape, path: String, seed: UInt64) -> Tensor {
    let stream = RandomStream(seed: seed, stream: RandomStream.identifier(of: path))
    let (fanIn, fanOut) = Self.fans(of: shape)
    // Straight into the tensor's memory: a parameter may be a large part of all there is.
    func filled(_ number: (Int) -> Float) -> Tensor {
      Tensor(shape: shape, elementType: .float32) { bytes in
        let floats = bytes.bindMemory(to: Float.self)
        for index in floats.indices { floats[index] = number(index) }
      }
    }
    func uniform(_ limit: Float) -> Tensor { filled { limit * (2 * stream.uniform($0) - 1) } }
    func normal(_ deviation: Float) -> Tensor { filled { deviation * stream.normal($0) } }
    return switch self {
    case .zeros: Tensor(shape: shape)
    case .constant(let value): filled { _ in value }
    case .uniform(let limit): uniform(limit)
    case .normal(let deviation): normal(deviation)
    case .glorotUniform: uniform((6 / (fanIn + fanOut)).squareRoot())
    case .glorotNormal: normal((2 / (fanIn + fanOut)).squareRoot())
    case .heUniform: uniform((6 / fanIn).squareRoot())
    case .heNormal: normal((2 / fanIn).squareRoot())
    case .lecunUniform: uniform((3 / fanIn).squareRoot())
    case .lecunNormal: normal((1 / fanIn).squareRoot())
    case .truncatedNormal(let deviation): Self.truncatedNormal(deviation, shape: shape, stream)
    case .varianceScaling(let scale, let fan, let distribution):
      switch (distribution, (scale / fan.of(fanIn, fanOut)).squareRoot()) {
      case (.uniform, let deviation): uniform(Float(3).squareRoot() * deviation)
      case (.normal, let deviation): normal(deviation)
      case (.truncatedNormal, let deviation):
        Self.truncatedNormal(deviation / Self.truncatedDeviation, shape: shape, stream)
      }
    case .orthogonal(let gain): Self.orthogonal(gain, shape: shape, stream)
    case .dirac(let groups): Self.dirac(shape: shape, groups: groups)
    case .bilinear(let groups): Self.bilinear(shape: shape, groups: groups)
    case .values(let values):
      filled { values.isEmpty ? 0 : values[$0 % values.count] }
    }
  }

  /// What the square of such a number is on average.
  package func meanSquare(of shape: Shape) -> Float {
    let (fanIn, fanOut) = Self.fans(of: shape)
    return switch self {
    case .zeros: 0
    case .constant(let value): value * value
    case .uniform(let limit): limit * limit / 3
    case .normal(let deviation): deviation * deviation
    case .glorotUniform, .glorotNormal: 2 / (fanIn + fanOut)
    case .heUniform, .heNormal: 2 / fanIn
    case .lecunUniform, .lecunNormal: 1 / fanIn
    case .truncatedNormal(let deviation): deviation * deviation * Self.truncatedDeviation * Self.truncatedDeviation
    case .varianceScaling(let scale, let fan, _): scale / fan.of(fanIn, fanOut)
    case .orthogonal(let gain): gain * gain / Float(max(shape.count / max(shape.channels, 1), shape.channels))
    case .dirac, .bilinear, .values:
      tensor(shape: shape, path: "", seed: 0).floats.reduce(0) { $0 + $1 * $1 } / Float(max(shape.count, 1))
    }
  }

  static func fans(of shape: Shape) -> (in: Float, out: Float) {
    guard shape.rank >= 2 else { return (Float(shape.count), Float(shape.count)) }
    let field = shape.dimensions.dropLast(2).reduce(1, *)
    return (Float(field * shape[shape.rank - 2]), Float(field * shape[shape.rank - 1]))
  }
}

extension Initializer.Fan {
  func of(_ fanIn: Float, _ fanOut: Float) -> Float {
    switch self {
    case .in: max(fanIn, 1)
    case .out: max(fanOut, 1)
    case .average: max((fanIn + fanOut) / 2, 1)
    }
  }
}
