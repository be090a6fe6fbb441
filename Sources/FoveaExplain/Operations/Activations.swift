package import FoveaCore
package import FoveaGraph
package import FoveaReference

/// A function of one number that has a formula. What it gives is asked of the kernel that defines it.
package protocol ExplainedFunction: Explainable, ReferenceKernel {
  /// The function of what stands in `x`.
  func formula(_ x: String) -> String
}

extension ExplainedFunction {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let x = operands[0].factor("x", position)
    return Arithmetic("y = " + formula("x"), .only, [.init(x)]) { number in
      [.init(formula(spelled(number)), value(of: [number]))]
    }
  }
}

extension ReferenceKernel {
  /// What a pointwise operation gives for one number of each input.
  fileprivate func value(of numbers: [Double]) -> Double {
    run(numbers.map { ReferenceTensor<Double>([$0], shape: [1]) }, shape: [1]).values[0]
  }

  /// For a pointwise operation without a formula: its name, and one number of each input.
  func pointwiseArithmetic(at position: [Int], of operands: [Operand]) -> Arithmetic {
    let letters = operands.count == 1 ? ["x"] : operands.indices.map { "x\($0)" }
    let factors = zip(letters, operands).map { $1.factor($0, $1.stretched(to: position)) }
    let form = "\(label)(\(factors.map { spelled($0.value) }.joined(separator: ", ")))"
    let term = Arithmetic.Term(factors, form: form, value: value(of: factors.map(\.value)))
    return Arithmetic("y = \(label)(\(letters.joined(separator: ", ")))", .only, [term])
  }
}

/// `x` in brackets if it is a negative number.
private func inside(_ x: String) -> String { x.hasPrefix("−") ? "(\(x))" : x }

extension Op.ReLU: ExplainedFunction {
  package func formula(_ x: String) -> String { "max(\(x), 0)" }
}

extension Op.Tanh: ExplainedFunction {
  package func formula(_ x: String) -> String { "tanh(\(x))" }
}

extension Op.Sigmoid: ExplainedFunction {
  package func formula(_ x: String) -> String { "1 / (1 + e^(−\(inside(x))))" }
}

extension Op.Exponential: ExplainedFunction {
  package func formula(_ x: String) -> String { "e^(\(x))" }
}

extension Op.ExponentialMinus1: ExplainedFunction {
  package func formula(_ x: String) -> String { "e^(\(x)) − 1" }
}

extension Op.Softplus: ExplainedFunction {
  package func formula(_ x: String) -> String { "log(1 + e^(\(x)))" }
}

extension Op.ErrorFunction: ExplainedFunction {
  package func formula(_ x: String) -> String { "erf(\(x))" }
}

extension Op.Logarithm: ExplainedFunction {
  package func formula(_ x: String) -> String { "log(\(x))" }
}

extension Op.Power: ExplainedFunction {
  package func formula(_ x: String) -> String { "\(inside(x))^\(spelled(Double(exponent)))" }
}

extension Op.Offset: ExplainedFunction {
  package func formula(_ x: String) -> String { "\(x) + \(bracketed(Double(amount)))" }
}

extension Op.Absolute: ExplainedFunction {
  package func formula(_ x: String) -> String { "|\(x)|" }
}

extension Op.Clamp: ExplainedFunction {
  package func formula(_ x: String) -> String {
    "min(max(\(x), \(spelled(Double(lower)))), \(spelled(Double(upper))))"
  }
}
