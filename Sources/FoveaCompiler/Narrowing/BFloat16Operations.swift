public import FoveaCore
public import FoveaGraph

// What a graph that computes in bfloat16 is made of, besides what it was before. Only the compiler makes them.

/// The nearest bfloat16, ties to even.
///
/// - Shapes: `float32` any → `bfloat16`, the same.
public struct RoundToBFloat16: NotDifferentiable {
  public static let name = "to_bfloat16"
  public init() {}
  public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { inputs[0] }
  public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType { .bfloat16 }
}

/// The same numbers in 32 bits.
///
/// - Shapes: `bfloat16` any → `float32`, the same.
public struct WidenBFloat16: NotDifferentiable {
  public static let name = "to_float32"
  public init() {}
  public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { inputs[0] }
  public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType { .float32 }
}

/// A convolution, a matrix product or a gradient of them, and what follows it: products of bfloat16, summed in `float32`.
///
/// - Shapes: those of the base; its two inputs are `bfloat16`, a bias `float32`, the residual as the result, which is
///   `bfloat16` if `isNarrow`, else `float32`; moments, scale and bias of a normalisation come last, `float32`.
public struct Mixed: NotDifferentiable {
  public static let name = "mixed"
  package let base: any Operation
  public let epilogue: Epilogue
  public let isNarrow: Bool
  /// What is done with the first input as it is read.
  package let normalization: Normalization?

  /// Batch normalisation by given moments, and a rectifier, rounded to bfloat16.
  package struct Normalization: Hashable, Sendable {
    package let epsilon: Float
    package let rectifies: Bool

    package init(epsilon: Float, rectifies: Bool) { (self.epsilon, self.rectifies) = (epsilon, rectifies) }

    /// The node that does the same.
    package var operation: Carrying {
      var epilogue = Epilogue()
      epilogue.activation = rectifies ? .relu : nil
      return Carrying(Fused(Op.BatchNormalize(epsilon: epsilon), epilogue), isNarrow: true)
    }
  }

  package init(
    _ base: any Operation, _ epilogue: Epilogue = Epilogue(), isNarrow: Bool = false,
    normalization: Normalization? = nil
  ) {
    (self.base, self.epilogue, self.isNarrow, self.normalization) = (base, epilogue, isNarrow, normalization)
  }

  public var label: String {
    let before = normalization.map { $0.rectifies ? "batch_normalize+relu+" : "batch_normalize+" } ?? ""
    return "bfloat16 " + before + ((base as? any EpilogueHost).map { Fused($0, epilogue).label } ?? base.label)
  }

  public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
    try base.outputShape(for: Array(inputs.prefix(2)))
  }

  public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
    let result: ElementType = isNarrow ? .bfloat16 : .float32
    let wanted: [ElementType] =
      [.bfloat16, .bfloat16] + (epilogue.hasBias ? [.float32] : []) + (epilogue.hasResidual ? [result] : [])
      + [ElementType](repeating: .float32, count: normalization == nil ? 0 : 3)
    guard inputs == wanted else { throw ShapeError("\(label) of \(inputs)", fix: "give \(wanted)") }
    return result
  }

  public func multiplyAdds(inputs: [Shape], output: Shape) -> Int {
    base.multiplyAdds(inputs: Array(inputs.prefix(2)), output: output)
  }

  public static func == (a: Mixed, b: Mixed) -> Bool {
    a.epilogue == b.epilogue && a.isNarrow == b.isNarrow && a.normalization == b.normalization
      && a.base.isEqual(to: b.base)
  }

  public func hash(into hasher: inout Hasher) {
    base.hash(into: &hasher)
    hasher.combine(epilogue)
    hasher.combine(isNarrow)
    hasher.combine(normalization)
  }
}
