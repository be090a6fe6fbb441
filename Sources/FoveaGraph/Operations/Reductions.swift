public import FoveaCore

/// An operation that folds some axes away, or to length 1 when it keeps them.
public protocol Reduction: Operation {
  var axes: [Int] { get }
  var keepsAxes: Bool { get }
}

extension Reduction {
  public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
    guard axes.allSatisfy({ (0..<inputs[0].rank).contains($0) }) else {
      throw ShapeError("\(Self.name) over the axes \(axes) of \(inputs[0])", fix: "use axes 0..<\(inputs[0].rank)")
    }
    return inputs[0].reduced(over: axes, keepingAxes: keepsAxes)
  }

  /// A reduced value with its axes back, as length 1.
  func restoringAxes(_ value: Value, of input: Value) -> Value {
    value.reshaped(to: input.shape.reduced(over: axes, keepingAxes: true))
  }
}

extension Op {
  /// The sum over some axes.
  public struct Sum: Reduction {
    public static let name = "sum"
    public let axes: [Int]
    public let keepsAxes: Bool
    public init(over axes: [Int], keepingAxes: Bool = false) { (self.axes, keepsAxes) = (axes, keepingAxes) }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [restoringAxes(upstream, of: inputs[0]).applying(Broadcast(to: inputs[0].shape))]
    }
  }

  /// The mean over some axes; over the spatial axes of an image it is global average pooling.
  public struct Mean: Reduction {
    public static let name = "mean"
    public let axes: [Int]
    public let keepsAxes: Bool
    public init(over axes: [Int], keepingAxes: Bool = false) { (self.axes, keepsAxes) = (axes, keepingAxes) }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      let share = upstream.applying(Scale(Float(output.shape.count) / Float(inputs[0].shape.count)))
      return [restoringAxes(share, of: inputs[0]).applying(Broadcast(to: inputs[0].shape))]
    }
  }

  /// The largest value over some axes.
  public struct Maximum: Reduction {
    public static let name = "maximum"
    public let axes: [Int]
    public let keepsAxes: Bool
    public init(over axes: [Int], keepingAxes: Bool = false) { (self.axes, keepsAxes) = (axes, keepingAxes) }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(MaximumGradient(of: self), inputs[0], output)]
    }
  }

  /// `(g, x, y)` → g where x is the largest value y, shared equally among equals; 0 elsewhere.
  public struct MaximumGradient: NotDifferentiable {
    public static let name = "maximum_gradient"
    public let forward: Maximum
    public init(of forward: Maximum) { self.forward = forward }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let reduced = try forward.outputShape(for: [inputs[1]])
      try require("upstream", inputs[0], toBe: reduced)
      try require("maximum", inputs[2], toBe: reduced)
      return inputs[1]
    }
  }

  /// Stretches dimensions of 1, and adds leading ones, up to `shape`.
  public struct Broadcast: Operation {
    public static let name = "broadcast"
    public let shape: Shape
    public init(to shape: Shape) { self.shape = shape }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      guard shape.dimensions.allSatisfy({ $0 >= 1 }), inputs[0].broadcast(with: shape) == shape else {
        throw ShapeError("\(inputs[0]) does not stretch to \(shape)", fix: "only dimensions of 1 stretch")
      }
      return shape
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.summed(to: inputs[0].shape)]
    }
  }
}
