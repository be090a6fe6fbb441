public import FoveaCore

extension Op {
  /// Where the largest value under the window of max pooling lies, the first of equals: its position in the input's
  /// spatial axes, counted in row-major order, for each channel on its own.
  ///
  /// - Shapes: `N×spatial…×C` → `int32` `N×output…×C`.
  /// - Source: Zeiler & Fergus 2014, "Visualizing and Understanding Convolutional Networks", §2.1 (the switches).
  public struct MaxPoolSwitches: NotDifferentiable {
    public static let name = "max_pool_switches"
    public var window: Window
    public init(_ window: Window) { self.window = window }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let pooled = try window.pooledShape(of: inputs[0])
      let positions = inputs[0].count / max(inputs[0][0] * inputs[0].channels, 1)
      guard positions <= Int(Int32.max) else {
        throw ShapeError("\(inputs[0]) has \(positions) positions", fix: "use a smaller input, below 2³¹ positions")
      }
      return pooled
    }

    public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
      guard inputs[0].isFloatingPoint else {
        throw ShapeError("max pooling takes floating-point numbers, not \(inputs[0])", fix: "pool before labels")
      }
      return .int32
    }
  }

  /// `(x, switches)`: each value of `x` goes to its switch's position, all other positions are 0.
  ///
  /// Where windows overlap and two values go to one position, the later one stays. A switch outside `spatial` is passed
  /// over.
  ///
  /// - Shapes: `N×pooled…×C` and `int32` of the same shape → `N×spatial…×C`.
  /// - Source: Zeiler & Fergus 2014, "Visualizing and Understanding Convolutional Networks", §2.1 (unpooling).
  public struct MaxUnpool: Operation {
    public static let name = "max_unpool"
    /// The spatial sizes of the result.
    public var spatial: [Int]
    public init(to spatial: [Int]) { self.spatial = spatial }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let x = inputs[0]
      guard inputs[1] == x else {
        throw ShapeError(
          "unpooling \(x) with switches for \(inputs[1])", fix: "unpool at the size to which the switches' layer pooled"
        )
      }
      guard x.rank == spatial.count + 2, spatial.allSatisfy({ $0 >= 1 }), Shape(spatial).isHoldable,
        Shape(spatial).count <= Int(Int32.max)
      else {
        throw ShapeError(
          "unpooling \(x) to \(Shape(spatial))", fix: "give \(max(x.rank - 2, 0)) sizes of at least 1, below 2³¹ in all"
        )
      }
      return Shape([x[0]] + spatial + [x.channels])
    }

    public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
      guard inputs[0].isFloatingPoint, inputs[1] == .int32 else {
        throw ShapeError(
          "unpooling takes floating-point numbers and int32 switches, not \(inputs[0]) and \(inputs[1])",
          fix: "give the switches of a max pooling")
      }
      return inputs[0]
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(MaxUnpoolGradient(), inputs[1]), nil]
    }
  }

  /// ∂L/∂x of unpooling, `(upstream, switches)` → the switches' shape: the upstream value at each switch's position.
  public struct MaxUnpoolGradient: NotDifferentiable {
    public static let name = "max_unpool_gradient"
    public init() {}

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let (g, switches) = (inputs[0], inputs[1])
      guard g.rank == switches.rank, g.rank >= 2, g[0] == switches[0], g.channels == switches.channels else {
        throw ShapeError("\(g) at the switches \(switches)", fix: "give both the same batch and channels")
      }
      return switches
    }

    public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
      try MaxUnpool(to: []).elementType(for: inputs)
    }
  }
}
