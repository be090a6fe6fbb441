public import FoveaCore

extension Op {
  /// The sum of the values under the window over a divisor, for each channel on its own: their mean, or their sum.
  ///
  /// - Shapes: `N×spatial…×C` → `N×output…×C`.
  public struct AveragePool: Operation {
    public static let name = "average_pool"
    public var window: Window
    public var divisor: Divisor

    /// By what the sum under a window is divided.
    public enum Divisor: Hashable, Sendable {
      /// The number of values that lie inside the input, as in Keras.
      case inside
      /// The number of positions that lie inside the input or its padding, as in PyTorch's `count_include_pad`. Where
      /// a window that rounds up hangs over the padding, what hangs over does not count.
      case padded
      /// Always the same, as PyTorch's `divisor_override`; 1 gives sums.
      case number(Int)
    }

    public init(_ window: Window, divisor: Divisor) { (self.window, self.divisor) = (window, divisor) }

    /// - Parameters:
    ///   - window: its geometry.
    ///   - countsPadding: whether padded zeros count in the divisor.
    public init(_ window: Window, countsPadding: Bool = false) {
      self.init(window, divisor: countsPadding ? .padded : .inside)
    }

    public var label: String { divisor == .number(1) ? "sum_pool" : Self.name }

    /// Whether it gives the mean of what lies inside the input of shape `x`, whatever its divisor is called.
    package func isMeanOfInside(_ x: Shape) -> Bool {
      if divisor == .inside { return true }
      guard divisor == .padded, let output = try? window.pooledShape(of: x) else { return false }
      return (0..<window.rank).allSatisfy { axis in
        let edges = window.edges(axis, length: x[axis + 1])
        let reach = (output[axis + 1] - 1) * window.strides[axis] + window.extent(axis)
        return edges.before == 0 && reach <= x[axis + 1]
      }
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      if case .number(let number) = divisor, !(1...Window.sizes.upperBound).contains(number) {
        throw ShapeError("the divisor is \(number)", fix: "use 1 or more, \(Window.sizes.upperBound) at most")
      }
      return try window.pooledShape(of: inputs[0])
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(AveragePoolGradient(of: self, inputShape: inputs[0].shape))]
    }
  }

  /// ∂L/∂x of average pooling: each upstream value, over its divisor, goes to its whole window.
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
