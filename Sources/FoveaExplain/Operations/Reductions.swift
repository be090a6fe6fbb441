package import FoveaCore
package import FoveaGraph

extension Reduction {
  /// Every element that is folded into the one at `position`.
  func elements(at position: [Int], of x: Operand) -> [Arithmetic.Term] {
    let folded = Set(axes)
    let kept = (0..<x.shape.rank).filter { !folded.contains($0) }
    var base = [Int](repeating: 0, count: x.shape.rank)
    if keepsAxes { base = position } else { for (axis, place) in zip(kept, position) { base[axis] = place } }
    let inner = axes.sorted()
    return Shape(inner.map { x.shape[$0] }).positions.map { offsets in
      var place = base
      for (axis, offset) in zip(inner, offsets) { place[axis] = offset }
      return .init(x.factor("x", place))
    }
  }
}

extension Op.Sum: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    Arithmetic("y = Σ x", .sum, elements(at: position, of: operands[0]))
  }
}

extension Op.Mean: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let terms = elements(at: position, of: operands[0])
    return Arithmetic("y = Σ x / count", .sum, terms) { sum in
      [.init("\(spelled(sum)) ÷ \(terms.count)", sum / Double(terms.count))]
    }
  }
}

extension Op.Maximum: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    Arithmetic("y = max x", .largest, elements(at: position, of: operands[0]))
  }
}
