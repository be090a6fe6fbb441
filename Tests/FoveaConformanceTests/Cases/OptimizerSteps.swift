import FoveaCore
import FoveaGraph

private let shapes: [Shape] = [[3, 3, 3, 5], [17], [], [3, 3, 16, 32], [1000]]

extension Op.Descend: ConformanceCases {
  static var cases: [ConformanceCase] {
    shapes.map { ConformanceCase(Op.Descend(), .numbers($0), .numbers($0), .numbers([], in: 0.1...0.3)) }
  }
}

extension Op.SecondMoment: ConformanceCases {
  static var cases: [ConformanceCase] {
    shapes.map { ConformanceCase(Op.SecondMoment(decay: 0.9), .numbers($0, in: 0...1), .numbers($0)) }
  }
}

extension Op.AdamDescend: ConformanceCases {
  static var cases: [ConformanceCase] {
    shapes.map {
      ConformanceCase(
        Op.AdamDescend(epsilon: 1e-8), .numbers($0), .numbers($0), .numbers($0, in: 0...1), .numbers([3], in: 0...1))
    }
  }
}
