import FoveaCore
import FoveaFormats
import FoveaGraph

// Quantised networks as floats: rounded to what the integers can hold, and back.

extension NodeContext {
  /// A scale or a zero point beside `x`: one for all, for each position along an axis, or for each block along it.
  func factor(_ index: Int, beside x: LaidOut, along axis: Int, block: Int = 0) throws(ImportError) -> LaidOut {
    // Asked for as a number, it is no parameter: weights of integers are scaled once, when the graph is compiled.
    _ = knownIfAny(index)
    let factor = try input(index)
    if factor.shape.count == 1 { return LaidOut(try reshape(factor.inOrder, to: [])) }
    let axis = try self.axis(axis, rank: x.rank)
    if factor.rank == 1, factor.shape[0] == x.shape[axis] {
      var sizes = [Int](repeating: 1, count: x.rank)
      sizes[axis] = factor.shape[0]
      return LaidOut(try reshape(factor.inOrder, to: Shape(sizes)))
    }
    if factor.rank == x.rank, factor.shape.broadcast(with: x.shape) == x.shape { return factor }
    let isBlocked =
      (1...(1 << 24)).contains(block) && factor.rank == x.rank
      && (0..<x.rank).allSatisfy {
        factor.shape[$0] == ($0 == axis ? (x.shape[axis] + block - 1) / block : x.shape[$0])
      }
    guard isBlocked, x.shape[axis] <= SparseMatrix.longest else {
      throw ImportError(
        "\(factor.shape) factors for \(x.shape) along axis \(axis)", fix: "give one, or one for each position")
    }
    let picks = (0..<x.shape[axis]).map { $0 / block }
    let matrix = SparseMatrix(gathering: picks, of: factor.shape[axis])
    return factor.with(try apply(Op.SparseMap(along: factor.place(of: axis), matrix), factor.value))
  }

  /// The whole numbers of an input, less the one that stands for 0.
  func centered(_ index: Int, zero: Int, along axis: Int = 1, block: Int = 0) throws(ImportError) -> LaidOut {
    let x = try input(index)
    guard has(zero) else { return x }
    return try ONNXOperators.combined(self, x, try factor(zero, beside: x, along: axis, block: block)) { $0 - $1 }
  }

  /// What the whole numbers of an input stand for.
  func dequantized(
    _ index: Int, scale: Int, zero: Int, along axis: Int = 1, block: Int = 0
  ) throws(ImportError) -> LaidOut {
    let x = try centered(index, zero: zero, along: axis, block: block)
    let scale = try factor(scale, beside: x, along: axis, block: block)
    return try ONNXOperators.combined(self, x, scale) { $0 * $1 }.meaning(.real)
  }

  /// Numbers that were divided by their scale, as whole ones: moved so that the zero point stands for 0, and cut off at
  /// what its type can hold, or another one.
  func rounded(
    _ scaled: LaidOut, zero: Int, as stated: ONNXType? = nil, along axis: Int = 1, block: Int = 0
  ) throws(ImportError) -> LaidOut {
    let type = stated ?? (has(zero) ? graph.type(of: node.inputs[zero]) : nil) ?? ONNXType(code: 2)
    guard let range = type.narrowRange else { throw .unsupported("quantising to \(type)") }
    var y = scaled.with(try apply(Op.Round(.nearest), scaled.value))
    if has(zero) {
      y = try ONNXOperators.combined(self, y, try factor(zero, beside: y, along: axis, block: block)) { $0 + $1 }
    }
    let bounded = y.value.clamped(Float(range.lowerBound), Float(range.upperBound))
    return y.with(try checked(bounded)).meaning(.whole)
  }

  /// Numbers as the whole ones that stand for them.
  func quantized(
    _ y: LaidOut, scale: Int, zero: Int, as stated: ONNXType? = nil, along axis: Int = 1, block: Int = 0
  ) throws(ImportError) -> LaidOut {
    let scale = try factor(scale, beside: y, along: axis, block: block)
    let scaled = try ONNXOperators.combined(self, y, scale) { $0 / $1 }
    return try rounded(scaled, zero: zero, as: stated, along: axis, block: block)
  }
}

extension ONNXOperators {
  static let quantizations: [String: Make] = [
    "QuantizeLinear": quantize, "DequantizeLinear": dequantize, "DynamicQuantizeLinear": quantizeByRange,
    // ONNX Runtime's own have the same inputs, and integers of 16 bits before ONNX had them.
    "com.microsoft.QuantizeLinear": quantize, "com.microsoft.DequantizeLinear": dequantize,
  ]

  private static func quantize(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let code = try node.integer("output_dtype", 0)
    let (axis, block) = (try node.integer("axis", 1), try node.integer("block_size", 0))
    return [
      try node.quantized(
        try node.input(0), scale: 1, zero: 2, as: code == 0 ? nil : ONNXType(code: Int32(truncatingIfNeeded: code)),
        along: axis, block: block)
    ]
  }

  private static func dequantize(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let (axis, block) = (try node.integer("axis", 1), try node.integer("block_size", 0))
    return [try node.dequantized(0, scale: 1, zero: 2, along: axis, block: block)]
  }

  /// Bytes by a scale and a zero point that the numbers themselves give: 0...255 reaches from the smallest to the largest,
  /// and over 0.
  private static func quantizeByRange(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    let axes = Array(0..<x.rank)
    func largest(_ x: Value) -> Value { x.applying(Op.Maximum(over: axes, keepingAxes: false)).applying(Op.ReLU()) }
    let below = largest(-x.value)
    let step = (largest(x.value) + below) / node.builder.constant(Tensor(255))
    // Where there are zeros alone, any scale will do.
    let scale = select(step.applying(Op.Step()), step, node.builder.constant(Tensor(1)))
    let zero = (below / scale).applying(Op.Round(.nearest)).clamped(0, 255)
    let scaled = try combined(node, x, LaidOut(try node.checked(scale))) { $0 / $1 }
    let rounded = scaled.with(try node.apply(Op.Round(.nearest), scaled.value))
    let moved = try combined(node, rounded, LaidOut(try node.checked(zero))) { $0 + $1 }
    return [
      moved.with(try node.checked(moved.value.clamped(0, 255))).meaning(.whole), LaidOut(scale).meaning(.real),
      LaidOut(zero).meaning(.whole),
    ]
  }
}
