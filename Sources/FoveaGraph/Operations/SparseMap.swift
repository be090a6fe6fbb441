public import FoveaCore

extension Op {
  /// A sparse linear map along one axis, `y[…, i, …] = Σⱼ m[i, j] · x[…, j, …]`, the matrix known when the graph is
  /// built; or along two neighbouring axes, a matrix each. Resizing, gathering, repeating and flipping are such maps.
  ///
  /// - Shapes: `…×n×…` → `…×m×…`, m and n the rows and columns of the matrix.
  public struct SparseMap: Operation {
    public static let name = "sparse_map"
    /// The axis of the first matrix.
    public let axis: Int
    public let matrices: [SparseMatrix]

    public init(along axis: Int, _ matrices: SparseMatrix...) { self.init(along: axis, matrices: matrices) }

    private init(along axis: Int, matrices: [SparseMatrix]) { (self.axis, self.matrices) = (axis, matrices) }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      var shape = inputs[0]
      guard (1...2).contains(matrices.count), axis >= 0, axis <= shape.rank - matrices.count else {
        throw ShapeError(
          "\(matrices.count) matrices along axis \(axis) of \(shape)", fix: "give one or two, for axes that it has")
      }
      for (axis, matrix) in zip(axis..., matrices) {
        guard shape[axis] == matrix.columns, matrix.rows >= 1 else {
          throw ShapeError(
            "a \(matrix.rows)×\(matrix.columns) matrix along axis \(axis) of \(inputs[0])",
            fix: "give it a row and \(shape[axis]) columns")
        }
        shape[axis] = matrix.rows
      }
      return shape
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(SparseMap(along: axis, matrices: matrices.map(\.transposed)))]
    }
  }
}

extension Value {
  /// Sparse linear maps along neighbouring axes, a matrix each; `nil` leaves an axis as it is.
  package func mapped(fromAxis axis: Int, by matrices: [SparseMatrix?]) -> Value {
    var (result, axis, rest) = (self, axis, matrices[...])
    while let matrix = rest.popFirst() {
      defer { axis += 1 }
      guard let matrix else { continue }
      // Two axes at once, unless a third one follows: the last two are the ones that pay.
      if rest.count == 1, let next = rest[rest.startIndex] {
        return result.applying(Op.SparseMap(along: axis, matrix, next))
      }
      result = result.applying(Op.SparseMap(along: axis, matrix))
    }
    return result
  }
}
