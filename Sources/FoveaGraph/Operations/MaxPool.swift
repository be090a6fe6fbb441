public import FoveaCore

extension Op {
  /// The largest value under the window, for each channel on its own. Padding never wins.
  ///
  /// - Shapes: `N×spatial…×C` → `N×output…×C`.
  public struct MaxPool: Operation {
    public static let name = "max_pool"
    public var window: Window
    public init(_ window: Window) { self.window = window }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try window.pooledShape(of: inputs[0])
    }

    /// Whole numbers of 8 bits, which quantised graphs have, are compared as they are.
    public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
      guard inputs[0].isFloatingPoint || inputs[0].byteCount == 1 else {
        throw ShapeError("max_pool takes floating-point numbers, not \(inputs[0])", fix: Value.fixOfIntegers)
      }
      return inputs[0]
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(MaxPoolGradient(of: self), inputs[0])]
    }
  }

  /// ∂L/∂x of max pooling, `(upstream, x)` → x's shape: each upstream value goes to the first largest input of its
  /// window, in row-major order.
  public struct MaxPoolGradient: NotDifferentiable {
    public static let name = "max_pool_gradient"
    public var forward: MaxPool
    public init(of forward: MaxPool) { self.forward = forward }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try require("upstream", inputs[0], toBe: forward.outputShape(for: [inputs[1]]))
      return inputs[1]
    }
  }
}

extension Window {
  /// The shape of a pooled `N×spatial…×C`.
  ///
  /// - Errors: another rank; a window that does not fit, or that somewhere covers padding alone and would pool nothing.
  package func pooledShape(of x: Shape) throws(ShapeError) -> Shape {
    guard x.rank == rank + 2 else {
      throw ShapeError(
        "pooling over \(rank) axes takes rank \(rank + 2), not the shape \(x)",
        fix: "reshape the input to N×spatial…×C, or pool before flattening")
    }
    let lengths = Array(x.dimensions[1...rank])
    let spatial = try output(for: lengths)
    for axis in 0..<rank {
      let edges = edges(axis, length: lengths[axis])
      if max(edges.before, edges.after) >= extent(axis) {
        throw ShapeError(
          "a padding of \(max(edges.before, edges.after)) is not smaller than the pooling window \(Shape(size))",
          fix: "use a padding of at most \(extent(axis) - 1)")
      }
      // A window with gaps can step over a short input.
      let (d, n) = (dilations[axis], lengths[axis])
      for position in 0..<spatial[axis] where d > 1 {
        let start = position * strides[axis] - edges.before
        let firstInside = start < 0 ? start + (-start + d - 1) / d * d : start
        guard firstInside < n else {
          throw ShapeError(
            "the pooling window \(Shape(size)) with dilation \(d) covers nothing of \(n) inputs at position \(position)",
            fix: "use a smaller padding or dilation")
        }
      }
    }
    return Shape([x[0]] + spatial + [x.channels])
  }
}
