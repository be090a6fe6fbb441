package import FoveaCore
package import FoveaGraph

extension Op.PickChannels: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let x = inputs[0]
    var y = ReferenceTensor<Scalar>(shape: shape)
    for row in 0..<(shape.count / places.count) {
      for (j, place) in places.enumerated() {
        y.values[row * places.count + j] = x.values[row * x.shape.channels + place]
      }
    }
    return y
  }
}

extension Op.PlaceChannels: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let x = inputs[0]
    var y = ReferenceTensor<Scalar>(shape: shape)
    for row in 0..<(shape.count / count) {
      for (j, place) in places.enumerated() { y.values[row * count + place] += x.values[row * places.count + j] }
    }
    return y
  }
}
