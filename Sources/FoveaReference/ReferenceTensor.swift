package import FoveaCore
package import FoveaGraph

/// The numbers that the reference kernels compute with: `Float` as the other backends, `Double` to check gradients.
package protocol ReferenceScalar: BinaryFloatingPoint, Sendable {
  static func exp(_ x: Self) -> Self
  static func log(_ x: Self) -> Self
  static func tanh(_ x: Self) -> Self
  /// eˣ − 1.
  static func expm1(_ x: Self) -> Self
  static func log1p(_ x: Self) -> Self
  static func erf(_ x: Self) -> Self
  static func pow(_ x: Self, _ exponent: Self) -> Self
  static func sin(_ x: Self) -> Self
  static func cos(_ x: Self) -> Self
  static func atan(_ x: Self) -> Self
}

/// Row-major numbers: `values`, or `integers` where the element type is an integer's (labels, random state).
package struct ReferenceTensor<Scalar: ReferenceScalar>: Sendable {
  package var shape: Shape
  package var values: [Scalar]
  package var integers: [Int32]

  package init(_ values: [Scalar], shape: Shape) { (self.shape, self.values, integers) = (shape, values, []) }
  package init(integers: [Int32], shape: Shape) { (self.shape, values, self.integers) = (shape, [], integers) }

  /// Zeros.
  package init(shape: Shape) { self.init([Scalar](repeating: 0, count: shape.count), shape: shape) }

  /// Labels and counters stay integers; everything else becomes `Scalar`.
  package init(_ tensor: Tensor) {
    if tensor.elementType == .int32 {
      self.init(integers: tensor.array(of: Int32.self), shape: tensor.shape)
    } else {
      self.init(tensor.floats.map { Scalar($0) }, shape: tensor.shape)
    }
  }
}

/// An operation that the reference backend can run. What `run` computes is what the operation means.
package protocol ReferenceKernel: Operation {
  /// Textbook loops over row-major numbers; `shape` is what the shape rule gave for the output.
  func run<Scalar: ReferenceScalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar>
}
