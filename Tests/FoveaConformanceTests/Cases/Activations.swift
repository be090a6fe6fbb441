import FoveaCore
import FoveaGraph

private func cases(_ activation: some ActivationFunction) -> [ConformanceCase] {
  [
    ConformanceCase(activation, .numbers([2, 7, 5, 3])), ConformanceCase(activation, .numbers([5, 3], in: -4...4)),
    ConformanceCase(activation, .numbers([])),
    // Where both ends are flat.
    .backendOnly(activation, .numbers([3, 7, 5, 16], in: -100...100)),
    .backendOnly(activation, .numbers([3, 7, 5, 20])),
    .backendOnly(activation, .numbers([3, 50, 48])), .backendOnly(activation, .numbers([2, 3, 4, 5, 16])),
    .backendOnly(activation, .numbers([32, 7, 5, 6])), .backendOnly(activation, .numbers([33, 100])),
    .backendOnly(activation, .ties([3, 7, 5, 16])),
  ]
}

private func cases(
  _ gradient: some ActivationGradient, outputsIn range: ClosedRange<Double>
) -> [ConformanceCase] {
  [[2, 7, 5, 3], [5, 3], [], [3, 7, 5, 16], [3, 7, 5, 20], [3, 50, 48], [2, 3, 4, 5, 16], [33, 100]].map {
    ConformanceCase(gradient, .numbers($0), .numbers($0, in: range))
  } + [ConformanceCase(gradient, .numbers([3, 7, 5, 16]), .ties([3, 7, 5, 16]))]
}

extension Op.ReLU: ConformanceCases {
  static var cases: [ConformanceCase] { FoveaConformanceTests.cases(Op.ReLU()) }
}

extension Op.ReLUGradient: ConformanceCases {
  static var cases: [ConformanceCase] { FoveaConformanceTests.cases(Op.ReLUGradient(), outputsIn: -1...1) }
}

extension Op.Tanh: ConformanceCases {
  static var cases: [ConformanceCase] { FoveaConformanceTests.cases(Op.Tanh()) }
}

extension Op.TanhGradient: ConformanceCases {
  static var cases: [ConformanceCase] { FoveaConformanceTests.cases(Op.TanhGradient(), outputsIn: -1...1) }
}

extension Op.Sigmoid: ConformanceCases {
  static var cases: [ConformanceCase] { FoveaConformanceTests.cases(Op.Sigmoid()) }
}

extension Op.SigmoidGradient: ConformanceCases {
  static var cases: [ConformanceCase] { FoveaConformanceTests.cases(Op.SigmoidGradient(), outputsIn: 0...1) }
}
