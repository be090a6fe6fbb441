/// Weighs the channels of an image by what the whole image shows: their means through two dense layers, as a factor for
/// each.
///
/// - Shapes: `N×spatial…×C` → the same. Parameters: `squeeze.weights` `C×(C / reduction)`, `squeeze.bias`,
///   `excite.weights` `(C / reduction)×C`, `excite.bias`.
/// - Errors: an input without positions; a reduction to less than one unit.
/// - Source: Hu, Shen & Sun 2018, "Squeeze-and-Excitation Networks", eq. 2 to 4.
public struct SqueezeExcitation: Layer {
  public var reduction: Int
  public var activation: Activation
  public var gate: Activation

  /// - Parameters:
  ///   - reduction: how many times fewer units lie between.
  ///   - activation: applied to the squeezed units, which lie between the two dense layers.
  ///   - gate: what makes factors of the second layer's sums.
  public init(reduction: Int = 16, activation: Activation = .relu, gate: Activation = .sigmoid) {
    (self.reduction, self.activation, self.gate) = (reduction, activation, gate)
  }

  public func forward(_ x: Value) -> Value {
    guard x.rank >= 3 else {
      return x.failing(
        "SqueezeExcitation takes positions and channels, got \(x.shape.ofExample)", fix: "put it before Flatten()",
        assuming: x.shape)
    }
    guard reduction >= 1, reduction <= x.channels else {
      return x.failing(
        "a reduction of \(x.channels) channels by \(reduction)", fix: "use 1...\(x.channels)", assuming: x.shape)
    }
    let means = x.mean(over: Array(1..<(x.rank - 1)))
    let squeezed = Dense(x.channels / reduction, activation: activation).named("squeeze")(means)
    let factors = Dense(x.channels, activation: gate).named("excite")(squeezed)
    return x * factors.reshaped(to: Shape([x.batch] + [Int](repeating: 1, count: x.rank - 2) + [x.channels]))
  }
}
