public import FoveaCore

extension Op {
  /// The product of two matrices, either of them transposed first: `y = a · b`.
  ///
  /// - Shapes: `M×K`, `K×N` → `M×N` (before transposing).
  public struct MatrixProduct: Operation {
    public static let name = "matrix_product"
    public var transposesA: Bool
    public var transposesB: Bool

    public init(transposesA: Bool = false, transposesB: Bool = false) {
      (self.transposesA, self.transposesB) = (transposesA, transposesB)
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let (a, b) = (inputs[0], inputs[1])
      guard a.rank == 2, b.rank == 2 else {
        throw ShapeError("a matrix product takes two matrices, not \(a) and \(b)", fix: "put Flatten() before it")
      }
      let (rows, inner) = transposesA ? (a[1], a[0]) : (a[0], a[1])
      let (innerB, columns) = transposesB ? (b[1], b[0]) : (b[0], b[1])
      guard inner == innerB else {
        throw ShapeError(
          "the matrices \(rows)×\(inner) and \(innerB)×\(columns) do not chain: \(inner) ≠ \(innerB)",
          fix: "use weights of \(inner)×\(columns)")
      }
      return [rows, columns]
    }

    /// y = a·b: ∂L/∂a = g·bᵀ, ∂L/∂b = aᵀ·g, and the transposes of these where a or b was transposed.
    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      let (a, b) = (inputs[0], inputs[1])
      let gradientA =
        transposesA
        ? b.applying(MatrixProduct(transposesA: transposesB, transposesB: true), upstream)
        : upstream.applying(MatrixProduct(transposesA: false, transposesB: !transposesB), b)
      let gradientB =
        transposesB
        ? upstream.applying(MatrixProduct(transposesA: true, transposesB: transposesA), a)
        : a.applying(MatrixProduct(transposesA: !transposesA, transposesB: false), upstream)
      return [gradientA, gradientB]
    }

    public func multiplyAdds(inputs: [Shape], output: Shape) -> Int {
      saturatingProduct(output.count, inputs[0][transposesA ? 0 : 1])
    }
  }
}
