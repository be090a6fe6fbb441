package import FoveaCompiler
package import FoveaCore
import FoveaGraph

extension Quantization.Range {
  /// The whole number that a number becomes.
  fileprivate func whole<Scalar: ReferenceScalar>(_ x: Scalar) -> Scalar {
    let q = (x / Scalar(scale)).rounded(.toNearestOrEven)
    return q > Scalar(bounds.lowerBound) ? min(q, Scalar(bounds.upperBound)) : Scalar(bounds.lowerBound)
  }
}

extension Quantize: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    ReferenceTensor(inputs[0].values.map { range.whole($0) }, shape: shape)
  }
}

extension Dequantize: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    ReferenceTensor(inputs[0].values.map { $0 * Scalar(range.scale) }, shape: shape)
  }
}

extension QuantizeWeights: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let ranges = scales.map { Quantization.Range(scale: $0, isSigned: true) }
    return ReferenceTensor(
      inputs[0].values.enumerated().map { index, w in max(ranges[index % scales.count].whole(w), -127) }, shape: shape)
  }
}

extension Quantized: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    guard let kernel = base as? any ReferenceKernel else {
      preconditionFailure("\(base.label) has no reference kernel")
    }
    var y = kernel.run(Array(inputs.prefix(base.inputCount)), shape: shape)
    let bias = epilogue.hasBias ? inputs[base.inputCount].values : nil
    let added = epilogue.hasResidual ? inputs[inputs.count - 1].values : nil
    for i in y.values.indices {
      let channel = i % shape.channels
      if let bias { y.values[i] += bias[channel] }
      y.values[i] *= Scalar(input.scale) * Scalar(weights[channel])
      if let added { y.values[i] += added[i] * Scalar(residual?.scale ?? 1) }
    }
    switch epilogue.activation {
    case .relu: y = Op.ReLU().run([y], shape: shape)
    case .tanh: y = Op.Tanh().run([y], shape: shape)
    case .sigmoid: y = Op.Sigmoid().run([y], shape: shape)
    case nil: break
    }
    if let output { y.values = y.values.map { output.whole($0) } }
    return y
  }
}
