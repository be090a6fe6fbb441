import FoveaCompiler
import FoveaGraph
import FoveaReference
import Testing

/// Walks every operation and every case of it.
@Suite struct ConformanceSuite {
  /// What models are made of, and what passes make of it.
  static let operations = Op.all + [Fused.self, Pointwise.self, AssembleTiles.self]
  static let cases = operations.flatMap { (($0 as? any ConformanceCases.Type)?.cases ?? []) }

  @Test func `every operation has cases`() {
    #expect(operationsWithoutCases(in: Self.operations) == [])
    #expect(operationsWithoutGradientCheck(in: Self.operations) == [])
  }

  @Test func `every name is used once`() {
    #expect(Set(Self.operations.map { $0.name }).count == Self.operations.count)
  }

  @Test(arguments: cases) func `the kernel's shape is the rule's`(case example: ConformanceCase) throws {
    let mistakes = try example.shapeMistakes()
    #expect(mistakes == [])
  }

  @Test(arguments: cases.filter { !$0.skipsGradient && type(of: $0.operation).isDifferentiable })
  func `the gradient agrees with finite differences`(case example: ConformanceCase) throws {
    for (input, error) in try example.gradientErrors() { #expect(error < 1e-6, "input \(input)") }
  }

  @Test(arguments: cases) func `every backend agrees with the reference`(case example: ConformanceCase) throws {
    for backend in backends {
      let mistakes = try example.mistakes(on: backend)
      #expect(mistakes == [], "\(backend.name)")
    }
  }
}
