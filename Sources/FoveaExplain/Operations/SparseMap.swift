package import FoveaCore
package import FoveaGraph

extension Op.SparseMap: Explainable {
  /// Where every weight is 1 and there is one of them, the number is only moved.
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let x = operands[0]
    var terms: [Arithmetic.Term] = []
    for entry in entries(at: position) {
      var place = position
      place.replaceSubrange(axis..<(axis + entry.indices.count), with: entry.indices)
      let value = x.factor("x", place)
      terms.append(entry.weight == 1 ? .init(value) : .init(.constant("m", entry.weight), value))
    }
    if terms.isEmpty { return Arithmetic("y is padding", .only, [.init(.constant("padding", 0))]) }
    if terms.count == 1, terms[0].factors.count == 1 {
      return Arithmetic("y is an element of x: \(label) computes nothing here", .only, terms)
    }
    return Arithmetic("y[i] = Σ m[i, j] · x[j]", .sum, terms)
  }

  /// What the rows of the matrices at `position` read, and with which weights.
  private func entries(at position: [Int]) -> [(indices: [Int], weight: Double)] {
    matrices.enumerated().reduce([([], 1)]) { entries, next in
      let row = next.element[position[axis + next.offset]]
      return entries.flatMap { entry in row.map { (entry.indices + [$0.column], entry.weight * $0.weight) } }
    }
  }
}

extension Op.OneHot: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let label = operands[0].factor("label", Array(position.dropLast()))
    let column = position[position.count - 1]
    let term = Arithmetic.Term(
      [label], form: "\(spelled(label.value)) = \(column)", value: label.value == Double(column) ? 1 : 0)
    return Arithmetic("y[c] = 1 if c is the label, else 0", .only, [term])
  }
}
