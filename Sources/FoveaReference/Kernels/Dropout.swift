package import FoveaCore
package import FoveaGraph

extension Op.Dropout: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (x, state) = (inputs[0], inputs[1].integers.map { UInt64(UInt32(bitPattern: $0)) })
    let seed = state[0] | state[1] << 32
    let step = Int(truncatingIfNeeded: state[2] | state[3] << 32)
    let random = RandomStream(seed: seed, stream: stream, step: step)
    var y = x
    for i in x.values.indices {
      y.values[i] = random.bits(i) >= threshold ? x.values[i] / (1 - Scalar(rate)) : 0
    }
    return y
  }
}
