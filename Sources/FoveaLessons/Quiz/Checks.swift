import FoveaCore
import FoveaExplain
import FoveaGraph
import FoveaLayers

// What the answers of the quiz are checked with.

/// The output length of a window.
func size(_ n: Int, _ k: Int, _ padding: Padding = .valid, stride: Int = 1, dilation: Int = 1) -> Int {
  ShapeLesson.Case("", [n], kernel: k, stride: stride, padding: padding, dilation: dilation).arithmetic[0].output
}

/// The zeros that a padding rule puts around `n` inputs.
func edges(_ n: Int, _ k: Int, _ padding: Padding) -> (before: Int, after: Int) {
  let axis = ShapeLesson.Case("", [n], kernel: k, padding: padding).arithmetic[0]
  return (axis.paddingBefore, axis.paddingAfter)
}

/// The most zeros at each end with which every place of a filter of `k` still overlaps the input: a sequence of ones
/// gets an answer everywhere.
func overhang(_ n: Int, _ k: Int) throws -> Int {
  let (ones, kernel) = ([[Double](repeating: 1, count: n)], [[Double](repeating: 1, count: k)])
  return try (0...2 * k).last { p in
    let way = ConvolutionLesson.Way(name: "", padding: .explicit(p))
    return try Experiment(convolving: ones, with: kernel, way).values.allSatisfy { $0 != 0 }
  } ?? 0
}

/// What a filter spans with its gaps.
func span(_ k: Int, dilation: Int) -> Int {
  ShapeLesson.Case("", [100], kernel: k, dilation: dilation).arithmetic[0].effectiveKernel
}

/// Two windows one after the other on a length of 7; holds if the result is not 3.
func chain(
  _ text: String, _ first: (k: Int, s: Int, d: Int, p: Padding), _ second: (k: Int, s: Int, d: Int, p: Padding)
) -> QuizLesson.Option {
  .init(text) {
    let middle = size(7, first.k, first.p, stride: first.s, dilation: first.d)
    let end = size(middle, second.k, second.p, stride: second.s, dilation: second.d)
    return (end != 3, "7 → \(middle) → \(end)")
  }
}

/// How many pairs of an input and an output a convolution of ones connects: an impulse at each input, and the outputs
/// that it reaches.
func connections(inputs: Int, width: Int, padding: Padding) throws -> Int {
  try (0..<inputs).reduce(0) { sum, place in
    let impulse = [(0..<inputs).map { $0 == place ? 1.0 : 0 }]
    let ones = [[Double](repeating: 1, count: width)]
    let answer = try Experiment(convolving: impulse, with: ones, .init(name: "", padding: padding))
    return sum + answer.values.count { $0 != 0 }
  }
}

/// How many outputs, from the first to the last, an impulse in the middle reaches.
func reach(inputs: Int, width: Int) throws -> Int {
  let impulse = [(0..<inputs).map { $0 == inputs / 2 ? 1.0 : 0 }]
  let ones = [[Double](repeating: 1, count: width)]
  let answer = try Experiment(convolving: impulse, with: ones, .init(name: "", padding: .same)).values
  guard let first = answer.firstIndex(where: { $0 != 0 }), let last = answer.lastIndex(where: { $0 != 0 }) else {
    return 0
  }
  return last - first + 1
}

/// A sequence with zeros at its ends.
let signal: [Double] = [0, 0, 0, 2, 5, 1, 4, 0, 0, 0]

/// One place to the right; a zero comes in.
func shifted(_ x: [Double]) -> [Double] { [0] + x.dropLast() }

/// A convolution of the same length.
func convolved(_ x: [Double]) throws -> [Double] {
  try Experiment(convolving: [x], with: [[1, 3, 2]], .init(name: "", padding: .same, flipped: true)).values
}

func compare(_ a: String, _ x: [Double], _ b: String, _ y: [Double]) -> (holds: Bool, evidence: String) {
  func spelledOut(_ numbers: [Double]) -> String { numbers.map { spelled($0) }.joined(separator: " ") }
  return x == y
    ? (true, "both are \(spelledOut(x))") : (false, "\(a) is \(spelledOut(x)), \(b) is \(spelledOut(y))")
}

/// An option for each kernel; the one with the largest mean square of its answers holds.
func strongest(_ pictures: [[[Double]]], _ kernels: [NamedKernel]) -> [QuizLesson.Option] {
  kernels.map { kernel in
    .init(kernel.name) {
      let ranking = try ranking(of: kernels, on: pictures)
      let own = ranking.first { $0.kernel == kernel }
      return (own?.power == ranking[0].power, "mean square \(spelled(own?.power ?? 0))")
    }
  }
}

/// Kernels by the mean square of their answers to pictures of one size, the largest first.
func ranking(of kernels: [NamedKernel], on pictures: [[[Double]]]) throws -> [(kernel: NamedKernel, power: Double)] {
  let x = tensor(pictures.flatMap { $0.flatMap(\.self) }, [pictures.count, pictures[0].count, pictures[0][0].count, 1])
  return try kernels.map { named in
    let layer = Conv2D(filters: 1, kernel: Size2D(named.rows.count, named.rows[0].count), bias: false)
    let answers = try Experiment(["x": x], ["weights": kernel(named.rows)]) { layer.forward($0["x"]!) }.values
    return (named, answers.reduce(0) { $0 + $1 * $1 } / Double(answers.count))
  }.sorted { $0.power > $1.power }
}
