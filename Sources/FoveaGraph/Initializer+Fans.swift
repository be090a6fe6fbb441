extension Initializer {
  /// The same with fans that the shape of the weights does not tell: where outputs come before inputs, where the leading
  /// axes are no receptive field. What does not depend on fans stays as it is.
  package func withFans(in fanIn: Int, out fanOut: Int) -> Initializer {
    let (fanIn, both) = (Float(max(fanIn, 1)), Float(max(fanIn, 1)) + Float(max(fanOut, 1)))
    return switch self {
    case .glorotUniform: .uniform(limit: (6 / both).squareRoot())
    case .glorotNormal: .normal(deviation: (2 / both).squareRoot())
    case .heUniform: .uniform(limit: (6 / fanIn).squareRoot())
    case .heNormal: .normal(deviation: (2 / fanIn).squareRoot())
    case .lecunUniform: .uniform(limit: (3 / fanIn).squareRoot())
    case .lecunNormal: .normal(deviation: (1 / fanIn).squareRoot())
    case .varianceScaling(let scale, let fan, let distribution):
      switch (distribution, (scale / fan.of(fanIn, both - fanIn)).squareRoot()) {
      case (.uniform, let deviation): .uniform(limit: Float(3).squareRoot() * deviation)
      case (.normal, let deviation): .normal(deviation: deviation)
      case (.truncatedNormal, let deviation): .truncatedNormal(deviation: deviation / Self.truncatedDeviation)
      }
    default: self
    }
  }

  /// The same for weights `window…×I×O` whose filters form so many groups, each with I channels of its own.
  package func inGroups(_ groups: Int) -> Initializer {
    switch self {
    case .dirac: .dirac(groups: groups)
    case .bilinear: .bilinear(groups: groups)
    default: self
    }
  }

  /// Whether it draws whole kernels, of which single connections cannot be had.
  package var isStructured: Bool {
    switch self {
    case .dirac, .bilinear, .orthogonal, .values: true
    default: false
    }
  }
}
