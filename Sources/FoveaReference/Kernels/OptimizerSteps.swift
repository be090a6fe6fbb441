package import FoveaCore
package import FoveaGraph

extension Op.Descend: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let rate = inputs[2].values[0]
    return inputs[0].zip(inputs[1]) { w, d in w - rate * d }
  }
}

extension Op.SecondMoment: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let decay = Scalar(decay)
    return inputs[0].zip(inputs[1]) { v, g in decay * v + (1 - decay) * g * g }
  }
}

extension Op.AdamDescend: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (w, m, v, rates) = (inputs[0], inputs[1], inputs[2], inputs[3].values)
    let step = m.zip(v) { m, v in rates[0] * m / ((v * rates[1]).squareRoot() + Scalar(epsilon)) }
    return w.zip(step) { w, step in w - step - rates[2] * w }
  }
}
