// Normalisations of each example by itself: the same in training and inference, whatever the batch.

/// Group normalisation: groups of channels of an example shifted and scaled to mean 0 and variance 1, then
/// `scale · x̂ + bias`.
///
/// - Shapes: `N×…×C` → the same. Parameters: `scale` `C`, one; `bias` `C`, zero.
/// - Errors: groups that do not divide the channels; an epsilon that is not above 0; an input of whole numbers.
/// - Source: Wu & He 2018, "Group Normalization", §3.
public struct GroupNorm: Layer {
  public var groups: Int
  public var epsilon: Float

  /// - Parameters:
  ///   - groups: so many groups of neighbouring channels, each with a mean and a variance of its own.
  ///   - epsilon: added to the variance, so that a constant group does not divide by zero.
  public init(groups: Int = 32, epsilon: Float = 1e-5) { (self.groups, self.epsilon) = (groups, epsilon) }

  public func forward(_ x: Value) -> Value {
    guard groups >= 1, x.channels % groups == 0 else {
      let best = (1...max(1, min(groups, x.channels))).last { x.channels % $0 == 0 } ?? 1
      return x.failing(
        "\(groups) groups do not divide \(x.channels) channels", fix: "set groups to \(best)", assuming: x.shape)
    }
    return x.groupNormalized(groups: groups, epsilon: epsilon, x.affine(x.channels))
  }
}

/// Instance normalisation: each channel of an example shifted and scaled to mean 0 and variance 1 over its positions.
///
/// - Shapes: `N×spatial…×C` → the same. Parameters, if `affine`: `scale` `C`, one; `bias` `C`, zero.
/// - Errors: an input without positions, or of whole numbers; an epsilon that is not above 0.
/// - Source: Ulyanov, Vedaldi & Lempitsky 2016, "Instance Normalization", eq. 2.
public struct InstanceNorm: Layer {
  public var affine: Bool
  public var epsilon: Float

  /// - Parameters:
  ///   - affine: whether each channel learns a scale and a bias afterwards.
  ///   - epsilon: added to the variance.
  public init(affine: Bool = false, epsilon: Float = 1e-5) { (self.affine, self.epsilon) = (affine, epsilon) }

  public func forward(_ x: Value) -> Value {
    guard x.rank >= 3 else {
      return x.failing(
        "InstanceNorm takes positions and channels, got \(x.shape.ofExample)",
        fix: "put it before Flatten(), or use LayerNorm()", assuming: x.shape)
    }
    return x.groupNormalized(groups: x.channels, epsilon: epsilon, affine ? x.affine(x.channels) : x.plain(x.channels))
  }
}

/// Layer normalisation: the numbers at a position, or all of an example, shifted and scaled to mean 0 and variance 1, then
/// `scale · x̂ + bias`.
///
/// - Shapes: `N×…×C` → the same. Parameters: `scale`, one, and `bias`, zero, each of what is normalised together: `C`, or
///   the shape of an example.
/// - Errors: an epsilon that is not above 0; an input of whole numbers.
/// - Source: Ba, Kiros & Hinton 2016, "Layer Normalization", eq. 4.
public struct LayerNorm: Layer {
  /// What is normalised together.
  public enum Extent: Hashable, Sendable {
    /// The channels at one position.
    case channels
    /// The whole example.
    case example
  }

  public var extent: Extent
  public var epsilon: Float

  /// - Parameters:
  ///   - extent: what is normalised together.
  ///   - epsilon: added to the variance, so that equal numbers do not divide by zero.
  public init(over extent: Extent = .channels, epsilon: Float = 1e-5) {
    (self.extent, self.epsilon) = (extent, epsilon)
  }

  public func forward(_ x: Value) -> Value {
    let together: Shape = extent == .channels ? [x.channels] : x.shape.ofExample
    let rows = x.reshaped(to: [x.shape.count / together.count, together.count])
    let (scale, bias) = x.affine(together)
    let row: Shape = [together.count]
    return rows.groupNormalized(groups: 1, epsilon: epsilon, (scale.reshaped(to: row), bias.reshaped(to: row)))
      .reshaped(to: x.shape)
  }
}

extension Value {
  fileprivate func groupNormalized(groups: Int, epsilon: Float, _ affine: (scale: Value, bias: Value)) -> Value {
    guard epsilon > 0, epsilon.isFinite else {
      return failing("epsilon is \(epsilon)", fix: "use a number above 0", assuming: shape)
    }
    return applying(Op.GroupNorm(groups: groups, epsilon: epsilon), affine.scale, affine.bias, orAssuming: shape)
  }

  /// Parameters `scale` and `bias`.
  fileprivate func affine(_ shape: Shape) -> (scale: Value, bias: Value) {
    (parameter("scale", shape: shape, .constant(1)), parameter("bias", shape: shape, .zeros))
  }

  fileprivate func affine(_ count: Int) -> (scale: Value, bias: Value) { affine([count]) }

  /// No scale and no bias.
  fileprivate func plain(_ count: Int) -> (scale: Value, bias: Value) {
    (
      builder.constant(Tensor([Float](repeating: 1, count: count), shape: [count])),
      builder.constant(Tensor(shape: [count]))
    )
  }
}
