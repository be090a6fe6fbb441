/// Local response normalisation: `x · (k + alpha · Σ x²)^−beta`, the sum over neighbours of each number, which inhibit it.
///
/// - Shapes: `N×…×C` → the same. No parameters.
/// - Errors: a window of less than one; k that is not above 0; over positions, an input that is no image.
/// - Source: Krizhevsky, Sutskever & Hinton 2012, "ImageNet Classification with Deep Convolutional Neural Networks",
///   §3.3; within channels: Jarrett et al. 2009, "What Is the Best Multi-Stage Architecture for Object Recognition?", §2.1.
public struct LocalResponseNorm: Layer {
  /// Who the neighbours are.
  public enum Neighbors: Hashable, Sendable {
    /// `size` channels at the same position.
    case channels
    /// `size × size` positions of the same channel.
    case positions
  }

  /// What alpha multiplies: papers and frameworks differ.
  public enum AlphaConvention: Hashable, Sendable {
    /// The sum of the squares: the AlexNet paper, TensorFlow.
    case sum
    /// Their mean, zeros outside counted: PyTorch, Caffe, ONNX.
    case mean
  }

  public var size: Int
  public var alpha: Float
  public var beta: Float
  public var k: Float
  public var neighbors: Neighbors
  public var alphaConvention: AlphaConvention

  /// The defaults are AlexNet's.
  ///
  /// - Parameters:
  ///   - size: of the window. An even one reaches one further back than forward.
  ///   - alpha: the weight of the squares.
  ///   - beta: the power.
  ///   - k: what is added to the sum.
  ///   - neighbors: who the neighbours are.
  ///   - alphaConvention: what alpha multiplies.
  public init(
    size: Int = 5, alpha: Float = 1e-4, beta: Float = 0.75, k: Float = 2, over neighbors: Neighbors = .channels,
    alphaConvention: AlphaConvention = .sum
  ) {
    (self.size, self.alpha, self.beta, self.k) = (size, alpha, beta, k)
    (self.neighbors, self.alphaConvention) = (neighbors, alphaConvention)
  }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessCount(size, "neighbours in a window") { return mistake }
    guard k > 0, alpha >= 0, [k, alpha, beta].allSatisfy(\.isFinite) else {
      return x.failing(
        "k is \(k), alpha \(alpha), beta \(beta)", fix: "use k above 0 and alpha of 0 or more", assuming: x.shape)
    }
    switch neighbors {
    case .channels:
      let weight = alphaConvention == .sum ? alpha : alpha / Float(size)
      return x.applying(
        Op.LocalResponseNorm(size: size, alpha: weight, beta: beta, k: k), orAssuming: x.shape)
    case .positions:
      guard x.rank == 4 else { return x.failingAsImages(Self.kind, assuming: x.shape) }
      let edges = Padding.Edges(before: size / 2, after: size - 1 - size / 2)
      let window = Window(size: [size, size], padding: .edges([edges, edges]))
      let mean = (x * x).applying(Op.AveragePool(window, countsPadding: true), orAssuming: x.shape)
      let weight = alphaConvention == .mean ? alpha : alpha * Float(size * size)
      let base = weight * mean + k
      return x * base.power(-beta)
    }
  }
}
