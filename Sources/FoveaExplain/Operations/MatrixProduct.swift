package import FoveaCore
package import FoveaGraph

extension Op.MatrixProduct: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let (a, b) = (operands[0], operands[1])
    // Each place of the leading axes has a product of its own.
    let place = Array(position.dropLast(2))
    let (row, column) = (position[position.count - 2], position[position.count - 1])
    let terms = (0..<a.shape[a.shape.rank - (transposesA ? 2 : 1)]).map { k in
      Arithmetic.Term(
        a.factor("x", place + (transposesA ? [k, row] : [row, k])),
        b.factor("w", place + (transposesB ? [column, k] : [k, column])))
    }
    let formula = place.isEmpty ? "y[o] = Σ x[i] · w[i, o]" : "y[p, o] = Σ x[p, i] · w[p, i, o]"
    return Arithmetic(formula, .sum, terms)
  }
}
