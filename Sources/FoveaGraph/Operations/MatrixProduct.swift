public import FoveaCore

extension Op {
  /// The product of two matrices, either of them transposed first: `y = a · b`; for each place of the leading axes, if
  /// there are any, one of its own.
  ///
  /// - Shapes: `…×M×K`, `…×K×N` → `…×M×N` (before transposing), the leading axes equal.
  public struct MatrixProduct: Operation {
    public static let name = "matrix_product"
    public var transposesA: Bool
    public var transposesB: Bool

    public init(transposesA: Bool = false, transposesB: Bool = false) {
      (self.transposesA, self.transposesB) = (transposesA, transposesB)
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let (a, b) = (inputs[0], inputs[1])
      guard a.rank >= 2, a.rank == b.rank else {
        throw ShapeError("a matrix product takes two matrices, not \(a) and \(b)", fix: "put Flatten() before it")
      }
      let leading = a.dimensions.dropLast(2)
      guard leading == b.dimensions.dropLast(2) else {
        throw ShapeError(
          "the leading axes of \(a) and \(b) differ: there is one product for each of their places",
          fix: "give both the leading axes \(Shape(Array(leading)))")
      }
      let (sizeA, sizeB) = (Array(a.dimensions.suffix(2)), Array(b.dimensions.suffix(2)))
      let (rows, inner) = transposesA ? (sizeA[1], sizeA[0]) : (sizeA[0], sizeA[1])
      let (innerB, columns) = transposesB ? (sizeB[1], sizeB[0]) : (sizeB[0], sizeB[1])
      guard inner == innerB else {
        throw ShapeError(
          "the matrices \(rows)×\(inner) and \(innerB)×\(columns) do not chain: \(inner) ≠ \(innerB)",
          fix: "use weights of \(inner)×\(columns)")
      }
      return Shape(leading + [rows, columns])
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
      saturatingProduct(output.count, inputs[0][inputs[0].rank - (transposesA ? 2 : 1)])
    }
  }
}
