import FoveaCore
import FoveaGraph

// Products of whole numbers, and sums of them, as floats: exact up to 2²⁴, as floats count.

extension ONNXOperators {
  static let quantizedProducts: [String: Make] = [
    "ConvInteger": convolutionOfIntegers, "MatMulInteger": matrixProductOfIntegers,
    "QLinearConv": quantizedConvolution, "QLinearMatMul": quantizedMatrixProduct,
    "com.microsoft.QGemm": quantizedGemm,
  ]

  private static func convolutionOfIntegers(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let (x, weights) = (try node.centered(0, zero: 2), try node.centered(1, zero: 3, along: 0))
    return try node.results(of: "Conv", on: [x, weights]).map { $0.meaning(.whole) }
  }

  /// Zero points are one for each row of the first matrix, and for each column of the second.
  private static func matrixProductOfIntegers(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let (a, b) = (try node.centered(0, zero: 2, along: -2), try node.centered(1, zero: 3, along: -1))
    return try node.results(of: "MatMul", on: [a, b]).map { $0.meaning(.whole) }
  }

  /// `y`, in units of the product of two scales, in units of a third one: divided by what two of the node's inputs
  /// multiply to.
  ///
  /// - Parameters:
  ///   - scales: the inputs that have them.
  ///   - axes: along which they differ in `y`.
  private static func rescaled(
    _ node: NodeContext, _ y: LaidOut, scales: (Int, Int), along axes: (Int, Int), to result: Int?
  ) throws(ImportError) -> LaidOut {
    let first = try node.factor(scales.0, beside: y, along: axes.0)
    var factor = try combined(node, first, try node.factor(scales.1, beside: y, along: axes.1)) { $0 * $1 }
    if let result { factor = try combined(node, factor, try node.factor(result, beside: y, along: 1)) { $0 / $1 } }
    return try combined(node, y, factor) { $0 * $1 }
  }

  /// Image, its scale and zero point; weights, theirs; the result's; a bias in units of the product of both scales.
  private static func quantizedConvolution(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    var operands = [try node.centered(0, zero: 2), try node.centered(3, zero: 5, along: 0)]
    if node.has(8) { operands.append(try node.input(8)) }
    let sums = try node.results(of: "Conv", on: operands)[0]
    let y = try rescaled(node, sums, scales: (1, 4), along: (1, 1), to: 6)
    return [try node.rounded(y, zero: 7)]
  }

  private static func quantizedMatrixProduct(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let operands = [try node.centered(0, zero: 2, along: -2), try node.centered(3, zero: 5, along: -1)]
    let sums = try node.results(of: "MatMul", on: operands)[0]
    let y = try rescaled(node, sums, scales: (1, 4), along: (-2, -1), to: 6)
    return [try node.rounded(y, zero: 7)]
  }

  /// The bias is in units of the product of both scales and of alpha; without a scale of its own, the result is floats.
  private static func quantizedGemm(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let isTurned = try node.integer("transB", 0) != 0
    var operands = [try node.centered(0, zero: 2), try node.centered(3, zero: 5, along: isTurned ? 0 : 1)]
    if node.has(6) { operands.append(try node.input(6)) }
    let turns = node.node.attributes.filter { ["transA", "transB"].contains($0.key) }
    let sums = try node.results(of: "Gemm", on: operands, attributes: turns)[0]
    var y = try rescaled(node, sums, scales: (1, 4), along: (1, 1), to: node.has(7) ? 7 : nil)
    y = y.with(try node.checked(try node.float("alpha", 1) * y.value))
    return [node.has(7) ? try node.rounded(y, zero: 8) : y.meaning(.real)]
  }
}
