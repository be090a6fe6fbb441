package import FoveaCore
package import FoveaGraph

extension ReferenceTensor {
  /// The last axis, row by row: the places of each row's elements.
  var rows: [Range<Int>] {
    (0..<(shape.count / shape.channels)).map { $0 * shape.channels..<($0 + 1) * shape.channels }
  }

  /// `log Σ eˣ` over a row, shifted by the largest x, so that no exponential overflows.
  func logarithmOfSummedExponentials(_ row: Range<Int>) -> Scalar {
    let largest = values[row].max()!
    return largest + Scalar.log(row.reduce(0) { $0 + Scalar.exp(values[$1] - largest) })
  }
}

extension Op.Softmax: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let x = inputs[0]
    var y = x
    for row in x.rows {
      let largest = x.values[row].max()!
      for i in row { y.values[i] = Scalar.exp(x.values[i] - largest) }
      let sum = y.values[row].reduce(0, +)
      for i in row { y.values[i] /= sum }
    }
    return y
  }
}

extension Op.LogSoftmax: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let x = inputs[0]
    var y = x
    for row in x.rows {
      let logarithm = x.logarithmOfSummedExponentials(row)
      for i in row { y.values[i] = x.values[i] - logarithm }
    }
    return y
  }
}
