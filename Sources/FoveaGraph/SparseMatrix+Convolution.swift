public import FoveaCore

extension Op.Convolution {
  /// This convolution as a matrix product: the sparse (block-)Toeplitz matrix M with `y = M · x` for one example x, its
  /// numbers and those of y in row-major order. A fully connected layer with the convolution's "infinitely strong prior":
  /// most weights are zero, and the others come again in every row.
  ///
  /// - Parameters:
  ///   - weights: `window…×C/groups×O`.
  ///   - input: the shape of one example, `spatial…×C`.
  /// - Shapes: rows are the numbers of `output…×O`, columns those of `spatial…×C`.
  /// - Errors: shapes that do not fit; a matrix with more than 2²⁶ entries, or with an axis of more than 2²².
  /// - Source: Goodfellow, Bengio & Courville 2016, "Deep Learning", §9.1 and §9.4.
  public func matrix(weights: Tensor, input: Shape) throws(ShapeError) -> SparseMatrix {
    let output = try outputShape(for: [Shape([1] + input.dimensions), weights.shape])
    let (channels, filters, perFilter) = (input.channels, output.channels, input.channels / groups)
    let (rows, columns) = (saturatingCount(output), saturatingCount(input))
    let bound = saturatingProduct(rows, window.count, perFilter)
    guard rows <= SparseMatrix.longest, columns <= SparseMatrix.longest, bound <= 1 << 26 else {
      throw ShapeError(
        "the matrix of this convolution would be \(rows)×\(columns) with up to \(bound) entries",
        fix: "use a smaller input or fewer filters")
    }
    let kernel = weights.floats
    let taps = window.taps(over: Array(input.dimensions.prefix(window.rank)))
    return SparseMatrix(rows: rows, columns: columns) { row in
      let (position, o) = row.quotientAndRemainder(dividingBy: filters)
      let firstChannel = o / (filters / groups) * perFilter
      return taps[position].flatMap { tap in
        (0..<perFilter).map { i in
          let weight = kernel[(tap.window * perFilter + i) * filters + o]
          return SparseMatrix.Entry(tap.input * channels + firstChannel + i, Double(weight))
        }
      }
    }
  }

  private func saturatingCount(_ shape: Shape) -> Int { shape.dimensions.reduce(1) { saturatingProduct($0, $1) } }
}
