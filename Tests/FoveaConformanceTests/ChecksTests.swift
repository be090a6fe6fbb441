import FoveaCore
import FoveaGraph
import FoveaReference
import FoveaTestSupport
import Testing

/// An operation with a mistake in its gradient and its shape rule, and none of the suite's protocols.
private struct WrongSquare: ReferenceKernel {
  static let name = "wrong_square"

  func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { inputs[0] }

  func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] { [upstream * inputs[0]] }

  func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    ReferenceTensor(inputs[0].values.dropLast().map { $0 * $0 }, shape: shape)
  }
}

private struct Square: ReferenceKernel {
  static let name = "square"
  var factorOfGradient: Float

  func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { inputs[0] }

  func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
    [(upstream * inputs[0]).applying(Op.Scale(factorOfGradient))]
  }

  func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    ReferenceTensor(inputs[0].values.map { $0 * $0 }, shape: shape)
  }
}

/// The suite itself: it must find what it looks for.
@Suite struct ChecksTests {
  @Test func `an operation without cases is named`() {
    #expect(operationsWithoutCases(in: [Op.ReLU.self, WrongSquare.self]) == ["wrong_square"])
  }

  @Test func `a kernel of the wrong size is found`() throws {
    #expect(
      try ConformanceCase(WrongSquare(), .numbers([2, 3])).shapeMistakes() == [
        "5 elements of float32 for the shape 2×3"
      ])
  }

  @Test(arguments: [[5], [7, 9]] as [Shape]) func `a wrong gradient is found`(shape: Shape) throws {
    let right = try ConformanceCase(Square(factorOfGradient: 2), .numbers(shape)).gradientErrors()
    let wrong = try ConformanceCase(Square(factorOfGradient: 2.001), .numbers(shape)).gradientErrors()
    #expect(right["0"]! < 1e-6)
    #expect(wrong["0"]! > 1e-4)
  }

  static let examples: [ConformanceCase] = [
    ConformanceCase(
      Op.Convolution(Window(size: [3, 3], padding: .same)), .numbers([2, 7, 5, 3]), .numbers([3, 3, 3, 5])),
    ConformanceCase(Op.ReLU(), .numbers([2, 7, 5, 3])),
    ConformanceCase(Op.Subtract(), .numbers([2, 7, 5, 3]), .numbers([2, 7, 5, 3])),
    ConformanceCase(Op.Mean(over: [1, 2]), .numbers([2, 7, 5, 3])),
  ]

  @Test(arguments: examples) func `a backend with its own layout passes`(case example: ConformanceCase) throws {
    let mistakes = try example.mistakes(on: ChannelsFirstBackend())
    #expect(mistakes == [])
  }

  @Test(arguments: ChannelsFirstBackend.Mistake.allCases)
  func `a backend's mistake is found`(mistake: ChannelsFirstBackend.Mistake) throws {
    let mistakes = try Self.examples.flatMap { try $0.mistakes(on: ChannelsFirstBackend(mistake: mistake)) }
    #expect(!mistakes.isEmpty)
  }

  @Test func `the native layout is the one that a convolution leaves`() throws {
    #expect(try nativeLayout(of: [2, 7, 5, 3], .float32, on: ChannelsFirstBackend())?.description == "channels first")
    #expect(try nativeLayout(of: [7, 5], .float32, on: ChannelsFirstBackend()) == nil)
    #expect(try nativeLayout(of: [2, 7, 5, 3], .float32, on: ReferenceBackend()) == nil)
  }
}
