internal import Glibc
package import FoveaCore
package import FoveaGraph

extension Op.Softmax: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let (terms, largest) = exponentials(along: position, of: operands[0])
    let own = operands[0][position]
    return Arithmetic("y[c] = e^(x[c] − m) / Σ e^(x[j] − m), m the largest x", .sum, terms) { sum in
      let share = exp(own - largest)
      return [.init("\(spelled(share)) ÷ \(spelled(sum))", share / sum)]
    }
  }
}

extension Op.LogSoftmax: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let (terms, largest) = exponentials(along: position, of: operands[0])
    let own = operands[0][position]
    return Arithmetic("y[c] = x[c] − m − log Σ e^(x[j] − m), m the largest x", .sum, terms) { sum in
      [
        .init("log \(spelled(sum))", log(sum)),
        .init("\(spelled(own)) − \(bracketed(largest)) − \(bracketed(log(sum)))", own - largest - log(sum)),
      ]
    }
  }
}

extension Op.CrossEntropy: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let label = Int(operands[1][position])
    let (terms, largest) = exponentials(along: position + [0], of: operands[0])
    let own = operands[0][position + [label]]
    return Arithmetic("L = m + log Σ e^(x[j] − m) − x[label], m the largest x", .sum, terms) { sum in
      [
        .init("log \(spelled(sum))", log(sum)),
        .init("\(spelled(largest)) + \(bracketed(log(sum))) − \(bracketed(own))", largest + log(sum) - own),
      ]
    }
  }
}

/// eˣ of all elements beside `position` along the last axis, shifted by the largest.
private func exponentials(along position: [Int], of x: Operand) -> (terms: [Arithmetic.Term], largest: Double) {
  let leading = Array(position.dropLast())
  let factors = (0..<x.shape.channels).map { x.factor("x", leading + [$0]) }
  let largest = factors.map(\.value).max() ?? 0
  let terms = factors.map { x in
    Arithmetic.Term(
      [x], form: "e^(\(spelled(x.value)) − \(bracketed(largest)))", value: exp(x.value - largest))
  }
  return (terms, largest)
}
