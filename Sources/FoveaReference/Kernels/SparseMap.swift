package import FoveaCore
package import FoveaGraph

extension Op.SparseMap: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    zip(axis..., matrices).reduce(inputs[0]) { x, step in
      let (axis, matrix) = step
      var shape = x.shape
      shape[axis] = matrix.rows
      var y = ReferenceTensor<Scalar>(shape: shape)
      let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
      let outer = shape.dimensions[..<axis].reduce(1, *)
      for o in 0..<outer {
        for i in 0..<matrix.rows {
          for entry in matrix[i] {
            for k in 0..<inner {
              y.values[(o * matrix.rows + i) * inner + k] +=
                Scalar(entry.weight) * x.values[(o * matrix.columns + entry.column) * inner + k]
            }
          }
        }
      }
      return y
    }
  }
}
