public import FoveaCore

/// Where values come from: an operation without inputs.
public protocol Source: Operation {}

extension Source {
  public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] { [] }
}

extension Op {
  /// What the caller provides on each run.
  public struct Input: Source {
    public static let name = "input"
    public let name: String
    public let shape: Shape
    public let elementType: ElementType

    package init(name: String, shape: Shape, elementType: ElementType) {
      (self.name, self.shape, self.elementType) = (name, shape, elementType)
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      guard shape.dimensions.allSatisfy({ $0 > 0 }) else {
        throw ShapeError("the input \(name) has the shape \(shape)", fix: "every dimension must be at least 1")
      }
      return shape
    }

    public func elementType(for inputs: [ElementType]) -> ElementType { elementType }
  }

  /// What training changes and a checkpoint holds.
  public struct Parameter: Source {
    public static let name = "parameter"
    public let path: String
    public let shape: Shape
    public let initializer: Initializer
    /// Whether an optimizer moves it; running statistics and optimizer state are not trainable.
    public let isTrainable: Bool

    package init(path: String, shape: Shape, initializer: Initializer, isTrainable: Bool) {
      (self.path, self.shape, self.initializer, self.isTrainable) = (path, shape, initializer, isTrainable)
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      guard shape.dimensions.allSatisfy({ $0 > 0 }) else {
        throw ShapeError("the parameter \(path) would have the shape \(shape)", fix: "use sizes of at least 1")
      }
      return shape
    }
  }

  /// A tensor known when the graph is built.
  public struct Constant: Source {
    public static let name = "constant"
    public let tensor: Tensor

    public init(_ tensor: Tensor) { self.tensor = tensor }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { tensor.shape }

    public func elementType(for inputs: [ElementType]) -> ElementType { tensor.elementType }

    public func hash(into hasher: inout Hasher) {
      hasher.combine(tensor.shape)
      tensor.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
  }
}
