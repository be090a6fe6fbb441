import FoveaCompiler
package import FoveaCore
package import FoveaGraph

// Labels and counters are moved like any other numbers.

extension ReferenceTensor {
  /// The elements at these places.
  func elements(at places: [Int], shape: Shape) -> ReferenceTensor {
    integers.isEmpty
      ? ReferenceTensor(places.map { values[$0] }, shape: shape)
      : ReferenceTensor(integers: places.map { integers[$0] }, shape: shape)
  }
}

extension Op.Concatenate: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    // The inputs one after the other; then each element of the result comes from one place of them.
    let all =
      inputs[0].integers.isEmpty
      ? ReferenceTensor(inputs.flatMap(\.values), shape: [shape.count])
      : ReferenceTensor<Scalar>(integers: inputs.flatMap(\.integers), shape: [shape.count])
    var places = [Int](repeating: 0, count: shape.count)
    var (first, start) = (0, 0)
    for input in inputs.map(\.shape) {
      let strides = shape.rowMajorStrides
      for (i, target) in offsets(of: input, strides: strides, from: start * strides[axis]).enumerated() {
        places[target] = first + i
      }
      first += input.count
      start += input[axis]
    }
    return all.elements(at: places, shape: shape)
  }
}

extension Op.Slice: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let strides = inputs[0].shape.rowMajorStrides
    let first = zip(start, strides).reduce(0) { $0 + $1.0 * $1.1 }
    return inputs[0].elements(at: offsets(of: shape, strides: strides, from: first), shape: shape)
  }
}

extension Op.Pad: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (x, strides) = (inputs[0], shape.rowMajorStrides)
    let first = zip(before, strides).reduce(0) { $0 + $1.0 * $1.1 }
    var y = ReferenceTensor<Scalar>([Scalar](repeating: Scalar(value), count: shape.count), shape: shape)
    for (x, target) in zip(x.values, offsets(of: x.shape, strides: strides, from: first)) { y.values[target] = x }
    return y
  }
}

extension Op.Reshape: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    inputs[0].elements(at: Array(0..<shape.count), shape: shape)
  }
}

extension Op.Transpose: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let strides = inputs[0].shape.rowMajorStrides
    return inputs[0].elements(at: offsets(of: shape, strides: order.map { strides[$0] }), shape: shape)
  }
}

extension AssembleTiles: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let x = inputs[0].shape
    let order = Self.order(of: x)
    let (sizes, strides) = (Shape(order.map { x[$0] }), order.map { x.rowMajorStrides[$0] })
    return inputs[0].elements(at: offsets(of: sizes, strides: strides), shape: shape)
  }
}
