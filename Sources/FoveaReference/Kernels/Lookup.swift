package import FoveaCore
package import FoveaGraph

extension Op.Lookup: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (table, width) = (inputs[0], inputs[0].shape[1])
    let values = inputs[1].integers.flatMap { index -> [Scalar] in
      guard (0..<table.shape[0]).contains(Int(index)) else { return [Scalar](repeating: .nan, count: width) }
      return Array(table.values[(Int(index) * width)..<((Int(index) + 1) * width)])
    }
    return ReferenceTensor(values, shape: shape)
  }
}

extension Op.LookupGradient: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (g, width) = (inputs[0], shape[1])
    var sums = ReferenceTensor<Scalar>(shape: shape)
    for (place, index) in inputs[1].integers.enumerated() where (0..<rows).contains(Int(index)) {
      for k in 0..<width { sums.values[Int(index) * width + k] += g.values[place * width + k] }
    }
    return sums
  }
}
