package import FoveaCore
package import FoveaGraph

extension Op.MatrixProduct: ReferenceKernel {
  /// `y[m, n] = Σ a[m, k] · b[k, n]`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (a, b) = (inputs[0], inputs[1])
    let inner = a.shape[transposesA ? 0 : 1]
    var y = ReferenceTensor<Scalar>(shape: shape)
    for m in 0..<shape[0] {
      for n in 0..<shape[1] {
        var sum: Scalar = 0
        for k in 0..<inner {
          let factorA = a.values[transposesA ? k * shape[0] + m : m * inner + k]
          let factorB = b.values[transposesB ? n * inner + k : k * shape[1] + n]
          sum += factorA * factorB
        }
        y.values[m * shape[1] + n] = sum
      }
    }
    return y
  }
}
