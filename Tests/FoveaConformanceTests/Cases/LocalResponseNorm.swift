import FoveaCore
import FoveaGraph

private let norms = [
  Op.LocalResponseNorm(size: 5, alpha: 1e-1, beta: 0.75, k: 2),
  Op.LocalResponseNorm(size: 2, alpha: 0.5, beta: 0.5, k: 1), Op.LocalResponseNorm(size: 1, alpha: 1, beta: 1, k: 1),
  Op.LocalResponseNorm(size: 9, alpha: 0.3, beta: 0.6, k: 0.5),
]

extension Op.LocalResponseNorm: ConformanceCases {
  static var cases: [ConformanceCase] {
    norms.flatMap { norm in
      [
        ConformanceCase(norm, .numbers([2, 3, 4, 7])), ConformanceCase(norm, .numbers([3])),
        .backendOnly(norm, .numbers([3, 7, 5, 16])), .backendOnly(norm, .numbers([2, 27, 27, 33])),
      ]
    }
  }
}

extension Op.LocalResponseNormGradient: ConformanceCases {
  static var cases: [ConformanceCase] {
    Op.LocalResponseNorm.cases.map { forward in
      let x = forward.inputs[0]
      var result = ConformanceCase(
        Self(of: forward.operation as! Op.LocalResponseNorm), .numbers(x.shape), .tensor(x))
      result.skipsGradient = forward.skipsGradient
      return result
    }
  }
}
