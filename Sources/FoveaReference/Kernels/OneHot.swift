package import FoveaCore
package import FoveaGraph

extension Op.OneHot: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    ReferenceTensor(
      inputs[0].integers.flatMap { label in (0..<classes).map { $0 == Int(label) ? 1 : 0 } }, shape: shape)
  }
}
