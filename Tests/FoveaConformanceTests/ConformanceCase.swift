import FoveaCore
import FoveaGraph
import FoveaReference
import FoveaTestSupport
import Testing

/// An operation with the cases that the conformance suite runs it on.
protocol ConformanceCases: Operation {
  static var cases: [ConformanceCase] { get }
}

/// One operation with its attributes, on inputs of given shapes and numbers.
struct ConformanceCase: Sendable {
  var operation: any Operation
  var inputs: [ReferenceTensor<Double>]
  /// Whether it is left out of the comparison with finite differences: it is large, or stands on a kink on purpose.
  var skipsGradient = false

  init(_ operation: any Operation, _ inputs: Input...) { self.init(operation, inputs: inputs) }

  init(_ operation: any Operation, inputs: [Input]) {
    self.operation = operation
    self.inputs = inputs.enumerated().map { $1.tensor(seed: UInt64($0)) }
  }

  /// A case for the backends only: sizes that blocked layouts treat differently, and ties.
  static func backendOnly(_ operation: any Operation, _ inputs: Input...) -> ConformanceCase {
    var result = ConformanceCase(operation, inputs: inputs)
    result.skipsGradient = true
    return result
  }

  enum Input {
    case numbers(Shape, in: ClosedRange<Double> = -1...1)
    case ties(Shape)
    case integers([Int32], Shape)
    case tensor(ReferenceTensor<Double>)

    func tensor(seed: UInt64) -> ReferenceTensor<Double> {
      switch self {
      case .numbers(let shape, let range): .distinct(shape, in: range, seed: seed)
      case .ties(let shape): .ties(shape, seed: seed)
      case .integers(let integers, let shape): ReferenceTensor(integers: integers, shape: shape)
      case .tensor(let tensor): tensor
      }
    }

    /// Class indices.
    static func labels(_ shape: Shape, classes: Int) -> Input {
      let random = RandomStream(seed: 0, stream: RandomStream.identifier(of: "labels"))
      return .integers((0..<shape.count).map { Int32(random.integer($0, below: classes)) }, shape)
    }
  }

  /// What the shape rule gives.
  var outputShape: Shape { get throws { try operation.outputShape(for: inputs.map(\.shape)) } }

  /// The result of the reference kernel.
  func expected<Scalar: ReferenceScalar>(_ inputs: [ReferenceTensor<Scalar>]) throws -> ReferenceTensor<Scalar> {
    let builder = GraphBuilder(isTraining: true)
    _ = trace(in: builder)
    let feed = Dictionary(uniqueKeysWithValues: inputs.enumerated().map { ("\($0)", $1) })
    // A source has no inputs; its own numbers are any.
    let own = ReferenceTensor<Scalar>(shape: try outputShape)
    return ReferenceEvaluator.evaluate(try builder.finish()) { feed[$0] ?? own }.last!
  }

  /// The operation on parameters "0", "1", …, and on inputs so named where they are integers.
  func trace(in builder: GraphBuilder) -> Value {
    let values = inputs.enumerated().map { index, input in
      input.isInteger
        ? builder.input("\(index)", shape: input.shape, elementType: .int32)
        : builder.parameter("\(index)", shape: input.shape, .zeros, isTrainable: true)
    }
    func apply(_ operation: some Operation) -> Value { builder.apply(operation, to: values) }
    return apply(operation)
  }
}

extension ConformanceCase: CustomTestStringConvertible {
  var testDescription: String {
    "\(operation) on \(inputs.map(\.shape.description).joined(separator: ", "))"
  }
}

extension Operation {
  /// The result's shape on these shapes, which must fit.
  func shape(on inputs: Shape...) -> Shape { try! outputShape(for: inputs) }
}
