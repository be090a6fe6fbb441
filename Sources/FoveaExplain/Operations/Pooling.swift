internal import Glibc
package import FoveaCore
package import FoveaGraph

extension Op.MaxPool: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let inside = window.pooled(at: position, of: operands[0])
    return Arithmetic("y[p, c] = max over the window of x[p·s + k·d − padding, c]", .largest, inside)
  }
}

extension Op.AveragePool: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let inside = window.pooled(at: position, of: operands[0])
    let sum = "y[p, c] = Σ over the window of x[p·s + k·d − padding, c]"
    let count: Int
    switch divisor {
    case .number(1): return Arithmetic(sum, .sum, inside)
    case .number(let number): count = number
    case .inside: count = inside.count
    case .padded:
      count = (0..<window.rank).reduce(1) { product, axis in
        product * window.covered(axis, at: position[axis + 1], length: operands[0].shape[axis + 1])
      }
    }
    return Arithmetic(sum + " / count", .sum, inside) { [.init("\(spelled($0)) ÷ \(count)", $0 / Double(count))] }
  }
}

extension Op.LpPool: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let exponent = Double(power)
    let terms = window.pooled(at: position, of: operands[0]).map { inside in
      let x = inside.factors[0]
      return Arithmetic.Term(
        [x], form: "|\(spelled(x.value))|^\(spelled(exponent))", value: pow(abs(x.value), exponent))
    }
    let formula =
      "y[p, c] = (Σ over the window of |x[p·s + k·d − padding, c]|^\(spelled(exponent)))^(1/\(spelled(exponent)))"
    return Arithmetic(formula, .sum, terms) { sum in
      [.init("\(spelled(sum))^(1/\(spelled(exponent)))", pow(sum, 1 / exponent))]
    }
  }
}

extension Op.MaxUnpool: Explainable {
  /// The value whose switch points to `position`; the last of several, 0 if there is none.
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let (x, switches) = (operands[0], operands[1])
    let target = Shape(spatial).element(at: Array(position[1...spatial.count]))
    let pooled = Shape(Array(x.shape.dimensions[1...spatial.count]))
    let places = pooled.positions.map { [position[0]] + $0 + [position[position.count - 1]] }
    guard let source = places.last(where: { Int(switches[$0]) == target }) else {
      return Arithmetic("y = 0: no switch points to position \(target)", .only, [.init(.constant("nothing", 0))])
    }
    let (value, pointer) = (x.factor("x", source), switches.factor("switch", source))
    let form = "x[\(source.dropFirst().map(String.init).joined(separator: ","))], whose switch is \(target),"
    let term = Arithmetic.Term([value, pointer], form: form, value: value.value)
    return Arithmetic("y = x where the switch points to position \(target)", .only, [term])
  }
}

extension Window {
  /// The elements under a pooling window; padding has none.
  fileprivate func pooled(at position: [Int], of x: Operand) -> [Arithmetic.Term] {
    taps(at: Array(position[1...rank]), over: Array(x.shape.dimensions[1...rank])).compactMap { tap in
      tap.input.map { .init(x.factor("x", [position[0]] + $0 + [position[position.count - 1]])) }
    }
  }
}
