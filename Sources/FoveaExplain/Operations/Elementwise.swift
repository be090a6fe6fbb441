package import FoveaCore
package import FoveaGraph

extension Op.Add: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    Arithmetic("y = a + b", .sum, zip(["a", "b"], operands).map { .init($1.factor($0, $1.stretched(to: position))) })
  }
}

extension Op.Subtract: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    var arithmetic = pair("y = a − b", "−", at: position, of: operands) { $0 - $1 }
    arithmetic.cancelled = arithmetic.terms[0].factors.map(\.value).largestMagnitude
    return arithmetic
  }
}

extension Op.Multiply: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    pair("y = a · b", "·", at: position, of: operands) { $0 * $1 }
  }
}

extension Op.Divide: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    pair("y = a / b", "÷", at: position, of: operands) { $0 / $1 }
  }
}

extension Op.Larger: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    chosen("y = max(a, b)", .largest, at: position, of: operands)
  }
}

extension Op.Smaller: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    chosen("y = min(a, b)", .smallest, at: position, of: operands)
  }
}

extension ElementwisePair {
  fileprivate func chosen(
    _ formula: String, _ fold: Arithmetic.Fold, at position: [Int], of operands: [Operand]
  ) -> Arithmetic {
    Arithmetic(
      formula, fold, zip(["a", "b"], operands).map { .init($1.factor($0, $1.stretched(to: position))) })
  }

  /// `a sign b`, both stretched to the result.
  func pair(
    _ formula: String, _ sign: String, at position: [Int], of operands: [Operand],
    _ compute: (Double, Double) -> Double
  ) -> Arithmetic {
    let a = operands[0].factor("a", operands[0].stretched(to: position))
    let b = operands[1].factor("b", operands[1].stretched(to: position))
    let form = "\(spelled(a.value)) \(sign) \(bracketed(b.value))"
    return Arithmetic(formula, .only, [.init([a, b], form: form, value: compute(a.value, b.value))])
  }
}

extension Op.Scale: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    Arithmetic(
      "y = factor · x", .sum, [.init(.constant("factor", Double(factor)), operands[0].factor("x", position))])
  }
}

extension Op.LinearCombination: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let terms = zip(factors, operands).map {
      Arithmetic.Term(.constant("factor", Double($0)), $1.factor("x\($1.index)", position))
    }
    return Arithmetic("y = Σ factorᵢ · xᵢ", .sum, terms)
  }
}

extension Op.ReciprocalSquareRoot: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let x = operands[0].factor("x", position)
    return Arithmetic("y = 1 / √(x + ε)", .only, [.init(x)]) {
      [.init("1 / √(\(spelled($0)) + \(spelled(Double(epsilon))))", 1 / ($0 + Double(epsilon)).squareRoot())]
    }
  }
}
