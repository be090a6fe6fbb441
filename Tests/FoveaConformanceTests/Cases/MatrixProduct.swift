import FoveaCore
import FoveaGraph

extension Op.MatrixProduct: ConformanceCases {
  static var cases: [ConformanceCase] {
    [false, true].flatMap { transposesA in
      [false, true].flatMap { transposesB in
        let product = Op.MatrixProduct(transposesA: transposesA, transposesB: transposesB)
        func inputs(_ m: Int, _ k: Int, _ n: Int, leading: [Int] = []) -> [ConformanceCase.Input] {
          [
            .numbers(Shape(leading + (transposesA ? [k, m] : [m, k]))),
            .numbers(Shape(leading + (transposesB ? [n, k] : [k, n]))),
          ]
        }
        let large = [(3, 256, 48), (64, 32, 16), (1, 100, 10), (33, 17, 1)].map { m, k, n in
          ConformanceCase.backendOnly(product, inputs(m, k, n)[0], inputs(m, k, n)[1])
        }
        return [
          ConformanceCase(product, inputs: inputs(7, 5, 3)), ConformanceCase(product, inputs: inputs(1, 4, 6)),
          ConformanceCase(product, inputs: inputs(3, 1, 2)),
          ConformanceCase(product, inputs: inputs(3, 4, 2, leading: [5])),
          ConformanceCase(product, inputs: inputs(1, 4, 3, leading: [2, 1, 3])),
          .backendOnly(product, inputs(33, 17, 16, leading: [3, 2])[0], inputs(33, 17, 16, leading: [3, 2])[1]),
        ] + large
      }
    }
  }
}
