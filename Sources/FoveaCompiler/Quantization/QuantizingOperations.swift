public import FoveaCore
public import FoveaGraph

// What a quantised graph is made of. Only the compiler makes them; their whole numbers have the element types `uint8` and
// `int8`.

/// Whole numbers for numbers: round(x / scale), ties to even, the nearest that 8 bits hold.
///
/// - Shapes: `float32` any → `uint8` or `int8`, the same.
public struct Quantize: NotDifferentiable {
  public static let name = "quantize"
  public let range: Quantization.Range
  public init(_ range: Quantization.Range) { self.range = range }

  public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { inputs[0] }
  public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType { range.elementType }
}

/// The numbers that whole ones stand for: q · scale.
///
/// - Shapes: `uint8` or `int8` any → `float32`, the same.
public struct Dequantize: NotDifferentiable {
  public static let name = "dequantize"
  public let range: Quantization.Range
  public init(_ range: Quantization.Range) { self.range = range }

  public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { inputs[0] }
  public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType { .float32 }
}

/// Weights as whole numbers, −127...127, with a scale for each output channel, the last axis.
///
/// - Shapes: `float32` `…×O` → `int8`, the same.
public struct QuantizeWeights: NotDifferentiable {
  public static let name = "quantize_weights"
  public let scales: [Float]
  public init(scales: [Float]) { self.scales = scales }

  public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
    guard inputs[0].rank > 0, inputs[0].channels == scales.count else {
      throw ShapeError("\(scales.count) scales for weights \(inputs[0])", fix: "give one for each output channel")
    }
    return inputs[0]
  }
  public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType { .int8 }
}

/// A convolution or matrix product of whole numbers and what follows it, in one kernel.
///
/// With o the output channel, y = (Σ x·w + bias[o]) · input.scale · weights[o], then + residual · its scale, then the
/// activation; if `output` is set, y / output.scale, rounded and kept within 8 bits. The bias comes in units of a
/// product, so that it adds to the whole sum.
///
/// - Shapes: those of the base; x is `uint8` or `int8`, w `int8`, the bias `float32`; the residual has the type of the
///   result, or the other one of 8 bits.
/// - Source: Jacob et al. 2018, §2.2–2.4.
public struct Quantized: NotDifferentiable {
  public static let name = "quantized"
  package let base: any EpilogueHost
  public let epilogue: Epilogue
  public let input: Quantization.Range
  public let weights: [Float]
  public let residual: Quantization.Range?
  public let output: Quantization.Range?

  package init(
    _ base: any EpilogueHost, _ epilogue: Epilogue, input: Quantization.Range, weights: [Float],
    residual: Quantization.Range? = nil, output: Quantization.Range? = nil
  ) {
    (self.base, self.epilogue) = (base, epilogue)
    (self.input, self.weights, self.residual, self.output) = (input, weights, residual, output)
  }

  public var label: String { "int8 " + Fused(base, epilogue).label }

  public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
    let shape = try base.outputShape(for: Array(inputs.prefix(base.inputCount)))
    guard shape.channels == weights.count else {
      throw ShapeError("\(weights.count) scales for \(shape.channels) outputs", fix: "give one for each output channel")
    }
    return shape
  }

  public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
    let wanted: [ElementType] =
      [input.elementType, .int8] + (epilogue.hasBias ? [.float32] : [])
      + (epilogue.hasResidual ? [residual?.elementType ?? .float32] : [])
    guard inputs == wanted, residual == nil || output != nil else {
      throw ShapeError("\(label) of \(inputs)", fix: "give \(wanted)")
    }
    return output?.elementType ?? .float32
  }

  public func multiplyAdds(inputs: [Shape], output: Shape) -> Int {
    base.multiplyAdds(inputs: Array(inputs.prefix(base.inputCount)), output: output)
  }

  public static func == (a: Quantized, b: Quantized) -> Bool {
    a.epilogue == b.epilogue && a.base.isEqual(to: b.base) && a.input == b.input && a.weights == b.weights
      && a.residual == b.residual && a.output == b.output
  }

  public func hash(into hasher: inout Hasher) {
    base.hash(into: &hasher)
    hasher.combine(epilogue)
    hasher.combine(input)
    hasher.combine(output)
  }
}

extension Quantization.Range {
  package var elementType: ElementType { isSigned ? .int8 : .uint8 }

  /// The whole numbers that there are.
  package var bounds: ClosedRange<Int> { isSigned ? -128...127 : 0...255 }
}
