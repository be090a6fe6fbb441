package import FoveaCore
package import FoveaGraph
internal import Glibc

extension Op.GroupNorm: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let x = operands[0]
    let c = position[position.count - 1]
    let size = x.shape.channels / groups
    let channels = (c / size * size)..<((c / size + 1) * size)
    let places = Shape(Array(x.shape.dimensions.dropFirst().dropLast())).positions
    let values = places.flatMap { place in channels.map { x[[position[0]] + place + [$0]] } }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    return normalization(
      x.factor("x", position), mean: .constant("μ", mean), variance: .constant("σ²", variance),
      scale: operands[1].factor("γ", [c]), bias: operands[2].factor("β", [c]), epsilon: Double(epsilon),
      largest: values.largestMagnitude)
  }
}

extension Op.LocalResponseNorm: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let x = operands[0]
    let c = position[position.count - 1]
    let terms = neighbors(of: c, among: x.shape.channels).map { channel in
      let neighbor = x.factor("x", position.dropLast() + [channel])
      return Arithmetic.Term(neighbor, neighbor)
    }
    let (own, k, weight, power) = (x[position], Double(k), Double(alpha), Double(beta))
    return Arithmetic("y[c] = x[c] · (k + α · Σ x[j]²)^−β, j the neighbours of c", .sum, terms) { sum in
      let base = k + weight * sum
      let factor = pow(base, -power)
      return [
        .init("k + α·Σ = \(spelled(k)) + \(spelled(weight))·\(spelled(sum))", base),
        .init("\(spelled(base))^\(spelled(-power))", factor),
        .init("\(spelled(own))·\(spelled(factor))", own * factor),
      ]
    }
  }

  /// The channels whose squares count: `size / 2` before, itself, and the rest after it.
  func neighbors(of channel: Int, among count: Int) -> Range<Int> {
    max(channel - size / 2, 0)..<min(channel + (size - 1) / 2 + 1, count)
  }
}
