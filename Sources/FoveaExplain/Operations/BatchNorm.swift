package import FoveaCore
package import FoveaGraph

extension Op.BatchNormalize: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let c = position[position.count - 1]
    let mean = operands[1].factor("μ", [0, c])
    let variance = operands[1].factor("σ²", [1, c])
    let (scale, bias) = (operands[2].factor("γ", [c]), operands[3].factor("β", [c]))
    let x = operands[0].factor("x", position)
    return normalization(x, mean: mean, variance: variance, scale: scale, bias: bias, epsilon: Double(epsilon))
  }
}

extension Op.BatchNorm: Explainable {
  /// By the batch's own moments: over every element of the channel.
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let x = operands[0]
    let c = position[position.count - 1]
    let rows = Shape(Array(x.shape.dimensions.dropLast()))
    let values = rows.positions.map { x[$0 + [c]] }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    return normalization(
      x.factor("x", position), mean: .constant("μ", mean), variance: .constant("σ²", variance),
      scale: operands[1].factor("γ", [c]), bias: operands[2].factor("β", [c]), epsilon: Double(epsilon),
      largest: values.largestMagnitude)
  }
}

/// γ · (x − μ) / √(σ² + ε) + β, step by step.
///
/// - Parameter largest: of the numbers whose mean and variance these are; an error of either is an error of the result.
func normalization(
  _ x: Arithmetic.Factor, mean: Arithmetic.Factor, variance: Arithmetic.Factor, scale: Arithmetic.Factor,
  bias: Arithmetic.Factor, epsilon: Double, largest: Double = 0
) -> Arithmetic {
  let centred = x.value - mean.value
  let form = "\(spelled(x.value)) − \(bracketed(mean.value))"
  let term = Arithmetic.Term([x, mean, variance, scale, bias], form: form, value: centred)
  let deviation = (variance.value + epsilon).squareRoot()
  let normal = centred / deviation
  var arithmetic = Arithmetic("y = γ · (x − μ) / √(σ² + ε) + β", .only, [term]) { _ in
    [
      .init("√(σ² + ε) = √(\(spelled(variance.value)) + \(spelled(epsilon)))", deviation),
      .init("x̂ = \(spelled(centred)) ÷ \(spelled(deviation))", normal),
      .init(
        "γ·x̂ + β = \(spelled(scale.value))·\(bracketed(normal)) + \(bracketed(bias.value))",
        scale.value * normal + bias.value),
    ]
  }
  let subtracted = max(abs(x.value), abs(mean.value), largest) * (1 + abs(normal)) / deviation
  arithmetic.cancelled = abs(scale.value) * subtracted
  return arithmetic
}

extension [Double] {
  /// The largest absolute value.
  var largestMagnitude: Double { reduce(0) { Swift.max($0, abs($1)) } }
}

extension Op.BatchMoments: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let x = operands[0]
    let (row, c) = (position[0], position[1])
    let factors = Shape(Array(x.shape.dimensions.dropLast())).positions.map { x.factor("x", $0 + [c]) }
    let count = Double(factors.count)
    let mean = factors.reduce(0) { $0 + $1.value } / count
    guard row == 1 else {
      return Arithmetic("μ = Σ x / M", .sum, factors.map { .init($0) }) { sum in
        [.init("\(spelled(sum)) ÷ \(factors.count)", sum / count)]
      }
    }
    let terms = factors.map { x in
      let form = "(\(spelled(x.value)) − \(bracketed(mean)))²"
      return Arithmetic.Term([x], form: form, value: (x.value - mean) * (x.value - mean))
    }
    return Arithmetic("σ² = Σ (x − μ)² / M", .sum, terms) { [.init("\(spelled($0)) ÷ \(factors.count)", $0 / count)] }
  }
}
