package import FoveaCore
package import FoveaGraph

extension Op.Dropout: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (x, random) = (inputs[0], RandomStream(state: inputs[1].integers, stream: stream))
    var y = x
    for i in x.values.indices {
      y.values[i] = random.bits(i) >= threshold ? x.values[i] / (1 - Scalar(rate)) : 0
    }
    return y
  }
}

extension Op.RandomUniform: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let random = RandomStream(state: inputs[0].integers, stream: stream)
    let values = (0..<shape.count).map { Scalar(lower) + Scalar(upper - lower) * Scalar(random.uniform($0)) }
    return ReferenceTensor(values, shape: shape)
  }
}

extension RandomStream {
  /// - Parameter state: seed and step, low words first.
  fileprivate init(state: [Int32], stream: UInt32) {
    let words = state.map { UInt64(UInt32(bitPattern: $0)) }
    self.init(
      seed: words[0] | words[1] << 32, stream: stream, step: Int(truncatingIfNeeded: words[2] | words[3] << 32))
  }
}
