public import FoveaCore

extension Op {
  /// The mean of the values under the window, for each channel on its own.
  ///
  /// - Shapes: `N×spatial…×C` → `N×output…×C`.
  public struct AveragePool: Operation {
    public static let name = "average_pool"
    public var window: Window
    /// Whether padded zeros count in the divisor (PyTorch's `count_include_pad`); Keras does not count them.
    public var countsPadding: Bool

    public init(_ window: Window, countsPadding: Bool = false) {
      (self.window, self.countsPadding) = (window, countsPadding)
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try window.pooledShape(of: inputs[0])
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(AveragePoolGradient(of: self, inputShape: inputs[0].shape))]
    }
  }

  /// ∂L/∂x of average pooling: each upstream value is shared equally over its window.
  public struct AveragePoolGradient: NotDifferentiable {
    public static let name = "average_pool_gradient"
    public var forward: AveragePool
    public var inputShape: Shape

    public init(of forward: AveragePool, inputShape: Shape) { (self.forward, self.inputShape) = (forward, inputShape) }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try require("upstream", inputs[0], toBe: forward.outputShape(for: [inputShape]))
      return inputShape
    }
  }
}
