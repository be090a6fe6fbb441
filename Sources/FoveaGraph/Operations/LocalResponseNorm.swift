public import FoveaCore

extension Op {
  /// `x · (k + alpha · Σ x²)^−beta`, the sum over `size` neighbouring channels: the `size / 2` before one, itself and the
  /// `(size − 1) / 2` after it.
  ///
  /// - Shapes: `…×C` → the same.
  /// - Source: Krizhevsky, Sutskever & Hinton 2012, "ImageNet Classification with Deep Convolutional Neural Networks",
  ///   §3.3.
  public struct LocalResponseNorm: Operation {
    public static let name = "local_response_norm"
    public var size: Int
    public var alpha: Float
    public var beta: Float
    public var k: Float

    public init(size: Int, alpha: Float, beta: Float, k: Float) {
      (self.size, self.alpha, self.beta, self.k) = (size, alpha, beta, k)
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      guard Window.sizes.contains(size), size >= 1 else {
        throw ShapeError("a window of \(size) channels", fix: "use 1 or more")
      }
      return try requireRank(1, of: inputs[0])
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(LocalResponseNormGradient(of: self), inputs[0])]
    }
  }

  /// `(g, x)` → `g·d^(−beta) − 2·alpha·beta·x·Σ g·x·d^(−beta − 1)`, d the base of the power, the sum over those that see x.
  public struct LocalResponseNormGradient: NotDifferentiable {
    public static let name = "local_response_norm_gradient"
    public var forward: LocalResponseNorm
    public init(of forward: LocalResponseNorm) { self.forward = forward }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try require("upstream", inputs[0], toBe: forward.outputShape(for: [inputs[1]]))
      return inputs[1]
    }
  }
}
