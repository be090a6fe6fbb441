public import FoveaCore
public import FoveaGraph

/// Pointwise operations in one kernel: `steps` one after the other, the last one's result is the node's.
///
/// A place of the result depends on that place of the inputs alone, so that no step's result has to be whole before the
/// next begins.
public struct Pointwise: NotDifferentiable {
  public static let name = "pointwise"

  /// One operation. An operand below `inputCount` is an input; the others are the results of earlier steps.
  package struct Step: Sendable {
    package var operation: any PointwiseOperation
    package var operands: [Int]

    package init(_ operation: any PointwiseOperation, _ operands: [Int]) {
      (self.operation, self.operands) = (operation, operands)
    }
  }

  package let inputCount: Int
  package let steps: [Step]

  package init(inputCount: Int, steps: [Step]) { (self.inputCount, self.steps) = (inputCount, steps) }

  /// Such as `sigmoid+multiply`.
  public var label: String {
    let names = steps.map(\.operation.label)
    return names.count <= 4 ? names.joined(separator: "+") : "\(names[0])+\(names.count - 2) more+\(names.last!)"
  }

  public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
    var shapes = inputs
    for step in steps { shapes.append(try step.operation.outputShape(for: step.operands.map { shapes[$0] })) }
    return shapes.last!
  }

  public static func == (a: Pointwise, b: Pointwise) -> Bool {
    a.inputCount == b.inputCount && a.steps.count == b.steps.count
      && zip(a.steps, b.steps).allSatisfy { $0.operands == $1.operands && $0.operation.isEqual(to: $1.operation) }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(inputCount)
    for step in steps {
      step.operation.hash(into: &hasher)
      hasher.combine(step.operands)
    }
  }
}
