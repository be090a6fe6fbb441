import FoveaCore
import FoveaFormats
import FoveaGraph

// Quantised networks as floats: rounded to what the integers can hold, and back.

extension ONNXOperators {
  static let quantizations: [String: Make] = ["QuantizeLinear": quantize, "DequantizeLinear": dequantize]

  /// A scale or a zero point beside `x`: one for all, for each position along an axis, or for each block along it.
  private static func factor(_ node: NodeContext, _ index: Int, beside x: LaidOut) throws(ImportError) -> LaidOut {
    // Asked for as a number, it is no parameter: weights of integers are scaled once, when the graph is compiled.
    _ = node.knownIfAny(index)
    let factor = try node.input(index)
    if factor.shape.count == 1 { return LaidOut(try node.reshape(factor.inOrder, to: [])) }
    let axis = try node.axis(try node.integer("axis", 1), rank: x.rank)
    if factor.rank == 1, factor.shape[0] == x.shape[axis] {
      var sizes = [Int](repeating: 1, count: x.rank)
      sizes[axis] = factor.shape[0]
      return LaidOut(try node.reshape(factor.inOrder, to: Shape(sizes)))
    }
    let block = try node.integer("block_size", 0)
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
    return factor.with(try node.apply(Op.SparseMap(along: factor.place(of: axis), matrix), factor.value))
  }

  private static func quantize(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    let code = try node.integer("output_dtype", 0)
    let stated: ONNXType? = code == 0 ? nil : ONNXType(code: Int32(truncatingIfNeeded: code))
    let type = stated ?? (node.has(2) ? node.graph.type(of: node.node.inputs[2]) : nil) ?? ONNXType(code: 2)
    guard let range = type.narrowRange else { throw .unsupported("quantising to \(type)") }
    let scaled = try combined(node, x, try factor(node, 1, beside: x)) { $0 / $1 }
    var y = scaled.with(try node.apply(Op.Round(.nearest), scaled.value))
    if node.has(2) { y = try combined(node, y, try factor(node, 2, beside: x)) { $0 + $1 } }
    let bounded = y.value.clamped(Float(range.lowerBound), Float(range.upperBound))
    return [y.with(try node.checked(bounded)).meaning(.whole)]
  }

  private static func dequantize(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    var x = try node.input(0)
    if node.has(2) { x = try combined(node, x, try factor(node, 2, beside: x)) { $0 - $1 } }
    let y = try combined(node, x, try factor(node, 1, beside: x)) { $0 * $1 }
    return [y.meaning(.real)]
  }
}
