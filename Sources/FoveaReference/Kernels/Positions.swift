package import FoveaCore
package import FoveaGraph

extension Op.Convert: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    if isToFloat { return ReferenceTensor(inputs[0].integers.map { Scalar($0) }, shape: shape) }
    let (lowest, highest) = (Scalar(Int32.min), Scalar(Int32.max))
    let integers = inputs[0].values.map { x in
      x.isNaN ? 0 : x <= lowest ? Int32.min : x >= highest ? Int32.max : Int32(x.rounded(.towardZero))
    }
    return ReferenceTensor(integers: integers, shape: shape)
  }
}

extension Op.BestPositions: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (x, length) = (inputs[0].values, inputs[0].shape.channels)
    func isLess(_ a: Scalar, _ b: Scalar) -> Bool { a < b || (b.isNaN && !a.isNaN) }
    let positions = stride(from: 0, to: x.count, by: length).flatMap { row in
      (0..<length).sorted { i, j in
        let (a, b) = (x[row + i], x[row + j])
        let isBefore = isLargest ? isLess(b, a) : isLess(a, b)
        let isBehind = isLargest ? isLess(a, b) : isLess(b, a)
        return isBefore || (!isBehind && i < j)
      }.prefix(count).map { Int32($0) }
    }
    return ReferenceTensor(integers: Array(positions), shape: shape)
  }
}
