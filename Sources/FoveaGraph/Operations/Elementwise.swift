public import FoveaCore

/// An operation on two tensors, element by element; dimensions of 1 stretch (NumPy's broadcasting).
public protocol ElementwisePair: PointwiseOperation {}

extension ElementwisePair {
  public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
    guard let shape = inputs[0].broadcast(with: inputs[1]) else {
      throw ShapeError(
        "\(Self.name) of \(inputs[0]) and \(inputs[1]): the shapes differ",
        fix: "make them equal; on a shortcut, project it with a 1×1 convolution of the same filters and strides")
    }
    return shape
  }
}

extension Op {
  /// `a + b`.
  public struct Add: ElementwisePair {
    public static let name = "add"
    public init() {}

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.summed(to: inputs[0].shape), upstream.summed(to: inputs[1].shape)]
    }
  }

  /// `a − b`.
  public struct Subtract: ElementwisePair {
    public static let name = "subtract"
    public init() {}

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.summed(to: inputs[0].shape), (upstream.summed(to: inputs[1].shape)).applying(Scale(-1))]
    }
  }

  /// `a · b`, element by element.
  public struct Multiply: ElementwisePair {
    public static let name = "multiply"
    public init() {}

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [(upstream * inputs[1]).summed(to: inputs[0].shape), (upstream * inputs[0]).summed(to: inputs[1].shape)]
    }
  }

  /// `a / b`.
  public struct Divide: ElementwisePair {
    public static let name = "divide"
    public init() {}

    /// ∂/∂a = g / b; ∂/∂b = −g · y / b.
    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      let overB = upstream / inputs[1]
      return [
        overB.summed(to: inputs[0].shape), (overB * output).applying(Scale(-1)).summed(to: inputs[1].shape),
      ]
    }
  }

  /// `factor · x`, the factor known when the graph is built.
  public struct Scale: PointwiseFunction {
    public static let name = "scale"
    public var factor: Float
    public init(_ factor: Float) { self.factor = factor }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(self)]
    }
  }

  /// `Σ factorᵢ · xᵢ` over inputs of one shape, the factors known when the graph is built.
  public struct LinearCombination: Operation {
    public static let name = "linear_combination"
    public var factors: [Float]
    public init(_ factors: [Float]) { self.factors = factors }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      guard inputs.count == factors.count, inputs.allSatisfy({ $0 == inputs[0] }) else {
        throw ShapeError(
          "\(factors.count) factors for the shapes \(inputs.map(\.description))", fix: "give inputs of one shape")
      }
      return inputs[0]
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      factors.map { upstream.applying(Scale($0)) }
    }
  }

  /// `1 / √(x + epsilon)`.
  public struct ReciprocalSquareRoot: PointwiseFunction {
    public static let name = "reciprocal_square_root"
    public var epsilon: Float
    public init(epsilon: Float) { self.epsilon = epsilon }

    /// −½ · y³ · g.
    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [(upstream * output * output * output).applying(Scale(-0.5))]
    }
  }
}

extension Value {
  public static func + (a: Value, b: Value) -> Value { a.applying(Op.Add(), b) }
  public static func - (a: Value, b: Value) -> Value { a.applying(Op.Subtract(), b) }
  public static func * (a: Value, b: Value) -> Value { a.applying(Op.Multiply(), b) }
  public static func / (a: Value, b: Value) -> Value { a.applying(Op.Divide(), b) }

  /// The sum over the axes along which `shape` was stretched to this value's shape.
  package func summed(to shape: Shape) -> Value {
    guard shape != self.shape else { return self }
    let added = rank - shape.rank
    let axes = (0..<rank).filter { $0 < added || (shape[$0 - added] == 1 && self.shape[$0] != 1) }
    return applying(Op.Sum(over: axes)).reshaped(to: shape)
  }
}
