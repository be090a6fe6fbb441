package import FoveaCore
package import FoveaGraph

/// An operation that computes in `float32` on what may be held in bfloat16, and whose result may be: what lies between
/// products, such as normalisations, rectifiers and sums.
///
/// - Shapes: those of the base. Operands of an activation's shape are `float32` or `bfloat16`, each by itself, others
///   `float32`; the result is `bfloat16` if `isNarrow`, else `float32`.
package struct Carrying: NotDifferentiable {
  package static let name = "carrying"
  package let base: any Operation
  package let isNarrow: Bool

  package init(_ base: any Operation, isNarrow: Bool) { (self.base, self.isNarrow) = (base, isNarrow) }

  package var label: String { "bfloat16 " + base.label }

  package func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { try base.outputShape(for: inputs) }

  package func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
    _ = try base.elementType(for: inputs.map { $0 == .bfloat16 ? .float32 : $0 })
    return isNarrow ? .bfloat16 : .float32
  }

  package func multiplyAdds(inputs: [Shape], output: Shape) -> Int { base.multiplyAdds(inputs: inputs, output: output) }

  package static func == (a: Carrying, b: Carrying) -> Bool { a.isNarrow == b.isNarrow && a.base.isEqual(to: b.base) }

  package func hash(into hasher: inout Hasher) {
    base.hash(into: &hasher)
    hasher.combine(isNarrow)
  }
}

/// A node that takes what it reads as it is held.
struct CarryingLayer: NarrowComputing {
  let base: any Operation
  /// Of what it reads.
  let shapes: [Shape]
  let shape: Shape

  /// `nil` for operations that have to have all bits: losses, statistics, optimizer steps, and what is no image.
  init?(_ node: Graph.Node, in graph: Graph) {
    (base, shapes, shape) = (node.operation, node.inputs.map { graph.nodes[$0].shape }, node.shape)
    guard node.elementType == .float32, Self.carries(base), shapes.contains(where: { $0.rank > 2 }) else { return nil }
  }

  private static func carries(_ operation: any Operation) -> Bool {
    switch (operation as? Fused)?.base ?? operation {
    case is Op.BatchMoments, is Op.BatchNormalize, is Op.BatchNormReductions, is Op.BatchNormInputGradient: true
    case is AssembleTiles: true
    case let sum as Op.Sum: sum.keepsChannels
    case is Op.MaxPoolGradient, is Op.Add, is Op.ReLU, is Op.ReLUGradient, is Op.Clamp, is Op.ClampGradient: true
    case let steps as Pointwise:
      // A product alone may be part of a loss; with a sigmoid it is an activation.
      steps.steps.allSatisfy { carries($0.operation) || isPartOfActivation($0.operation) }
        && steps.steps.contains { !($0.operation is Op.Multiply) }
    default: false
    }
  }

  private static func isPartOfActivation(_ operation: any Operation) -> Bool {
    operation is Op.Sigmoid || operation is Op.SigmoidGradient || operation is Op.Tanh || operation is Op.TanhGradient
      || operation is Op.Multiply
  }

  func format(ofInput position: Int, givingNarrow isNarrow: Bool) -> NarrowFormat? { nil }

  /// Numbers for each channel, and what is stretched, are read as `float32`.
  func takesAsHeld(_ position: Int) -> Bool {
    shapes[position].rank > 2 && (shapes[position] == shape || shapes[position] == shapes[0])
  }

  var canGiveNarrow: Bool { shape.rank > 2 }

  func operation(giving output: NarrowFormat?, reading types: [ElementType]) -> any Operation {
    output == nil && !types.contains(.bfloat16) ? base : Carrying(base, isNarrow: output != nil)
  }
}

extension Op.Sum {
  /// Whether it is the sum for each channel.
  fileprivate var keepsChannels: Bool { !axes.isEmpty && axes.sorted() == Array(0..<axes.count) }
}
