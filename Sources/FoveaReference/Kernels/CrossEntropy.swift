package import FoveaCore
package import FoveaGraph

extension Op.CrossEntropy: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (logits, labels) = (inputs[0], inputs[1].integers)
    var losses = ReferenceTensor<Scalar>(shape: shape)
    for (n, row) in logits.rows.enumerated() {
      let logarithm = logits.logarithmOfSummedExponentials(row)
      let isClass = row.indices.contains(row.startIndex + Int(labels[n]))
      losses.values[n] = isClass ? logarithm - logits.values[row.startIndex + Int(labels[n])] : .nan
    }
    return losses
  }
}

extension Op.CrossEntropyGradient: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (g, logits, labels) = (inputs[0], inputs[1], inputs[2].integers)
    var result = Op.Softmax().run([logits], shape: shape)
    for (n, row) in logits.rows.enumerated() {
      let isClass = row.indices.contains(row.startIndex + Int(labels[n]))
      for (label, i) in row.enumerated() {
        let oneHot: Scalar = label == Int(labels[n]) ? 1 : 0
        result.values[i] = isClass ? g.values[n] * (result.values[i] - oneHot) : .nan
      }
    }
    return result
  }
}
