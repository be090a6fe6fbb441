// Channels to pixels and back. Neither layer has parameters.

/// Groups of factor² channels become squares of pixels: channel c · factor² + i · factor + j goes to row i and column j of
/// channel c's square.
///
/// - Shapes: `N×H×W×(C · factor²)` → `N×(factor · H)×(factor · W)×C`. No parameters.
/// - Errors: an input that is no image; channels that factor² does not divide; a factor below 1.
/// - Source: Shi et al. 2016, "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional
///   Neural Network", eq. 4.
public struct PixelShuffle: Layer {
  public var factor: Int

  /// - Parameter factor: the side of a square, in pixels.
  public init(_ factor: Int) { self.factor = factor }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessFactor(factor, Self.kind) { return mistake }
    let (n, h, w, r) = (x.batch, x.shape[1], x.shape[2], factor)
    guard x.channels % (r * r) == 0 else {
      let least = (x.channels + r * r - 1) / (r * r)
      return x.failing(
        "PixelShuffle(\(r)) of \(x.channels) channels: \(r)² = \(r * r) does not divide \(x.channels)",
        fix: "give it \(least * r * r) channels", assuming: [n, h * r, w * r, least])
    }
    let c = x.channels / (r * r)
    return x.reshaped(to: [n, h, w, c, r, r]).applying(Op.Transpose([0, 1, 4, 2, 5, 3]))
      .reshaped(to: [n, h * r, w * r, c])
  }
}

/// Squares of factor × factor pixels become channels: what `PixelShuffle` does, backwards.
///
/// - Shapes: `N×(factor · H)×(factor · W)×C` → `N×H×W×(C · factor²)`. No parameters.
/// - Errors: an input that is no image; a height or width that the factor does not divide; a factor below 1.
/// - Source: as `PixelShuffle`.
public struct PixelUnshuffle: Layer {
  public var factor: Int

  /// - Parameter factor: the side of a square, in pixels.
  public init(_ factor: Int) { self.factor = factor }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessFactor(factor, Self.kind) { return mistake }
    let (n, h, w, c, r) = (x.batch, x.shape[1], x.shape[2], x.channels, factor)
    guard h % r == 0, w % r == 0 else {
      return x.failing(
        "PixelUnshuffle(\(r)) of \(h)×\(w) pixels: \(r) does not divide \(h % r == 0 ? w : h)",
        fix: "pad or crop to \((h + r - 1) / r * r)×\((w + r - 1) / r * r)",
        assuming: [n, (h + r - 1) / r, (w + r - 1) / r, c * r * r])
    }
    return x.reshaped(to: [n, h / r, r, w / r, r, c]).applying(Op.Transpose([0, 1, 3, 5, 2, 4]))
      .reshaped(to: [n, h / r, w / r, c * r * r])
  }
}

extension Value {
  fileprivate func failingUnlessFactor(_ factor: Int, _ kind: String) -> Value? {
    guard rank == 4 else { return failingAsImages(kind) }
    // Its square is used, which must not overflow.
    guard (1...(1 << 15)).contains(factor) else {
      return failing("the factor of \(kind) is \(factor)", fix: "use 1 or more, \(1 << 15) at most", assuming: shape)
    }
    return nil
  }
}
