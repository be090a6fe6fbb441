import FoveaGraph

extension ONNXOperators {
  static let trigonometry: [String: Make] = [
    "Sin": each { $0.sine }, "Cos": each { $0.cosine }, "Tan": each { $0.sine / $0.cosine },
    "Atan": each { $0.arctangent },
    // At ±1 it is the angle of an infinite slope.
    "Asin": each { x in (x / ((1 - x) * (1 + x)).squareRoot).arctangent },
    "Acos": each { x in 2 * ((1 - x).squareRoot / (1 + x).squareRoot).arctangent },
    "Asinh": each { x in x.applying(Op.Sign()) * (x.absolute + (x * x + 1).squareRoot).logarithm },
    "Acosh": each { x in (x + ((x - 1) * (x + 1)).squareRoot).logarithm },
    "Atanh": each { x in 0.5 * ((1 + x) / (1 - x)).logarithm },
  ]
}
