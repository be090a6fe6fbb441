package import FoveaCore
package import FoveaGraph

extension Op.MatrixProduct: ReferenceKernel {
  /// `y[…, m, n] = Σ a[…, m, k] · b[…, k, n]`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (a, b) = (inputs[0], inputs[1])
    let (rank, sizeA) = (shape.rank, a.shape.dimensions.suffix(2))
    let (rows, columns) = (shape[rank - 2], shape[rank - 1])
    let inner = transposesA ? sizeA.first! : sizeA.last!
    var y = ReferenceTensor<Scalar>(shape: shape)
    for matrix in 0..<(shape.count / (rows * columns)) {
      let (startA, startB) = (matrix * rows * inner, matrix * inner * columns)
      for m in 0..<rows {
        for n in 0..<columns {
          var sum: Scalar = 0
          for k in 0..<inner {
            let factorA = a.values[startA + (transposesA ? k * rows + m : m * inner + k)]
            let factorB = b.values[startB + (transposesB ? n * inner + k : k * columns + n)]
            sum += factorA * factorB
          }
          y.values[(matrix * rows + m) * columns + n] = sum
        }
      }
    }
    return y
  }
}
