import FoveaCore
import FoveaGraph

extension ONNXOperators {
  static let products: [String: Make] = ["Gemm": gemm, "MatMul": matrixProduct]

  /// `alpha · a · b + beta · c`, a or b transposed first.
  private static func gemm(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let (a, b) = (try node.input(0).inOrder, try node.input(1).inOrder)
    let operation = Op.MatrixProduct(
      transposesA: try node.integer("transA", 0) != 0, transposesB: try node.integer("transB", 0) != 0)
    guard a.rank == 2, b.rank == 2 else {
      throw ImportError("the matrices \(a.shape) and \(b.shape)", fix: "give two of rank 2")
    }
    var y = try node.float("alpha", 1) * (try node.apply(operation, a, b))
    guard node.has(2) else { return [LaidOut(try node.checked(y))] }
    let added = try node.input(2).inOrder
    guard added.shape.broadcast(with: y.shape) == y.shape else {
      throw ImportError("\(added.shape) is added to \(y.shape)", fix: "give a shape that stretches to it")
    }
    let c = added.shape.count == added.channels ? try node.reshape(added, to: [added.channels]) : added
    y = try y + node.float("beta", 1) * c
    return [LaidOut(try node.checked(y))]
  }

  /// NumPy's `matmul`: leading axes stretch, a row or a column gets an axis for the time being.
  private static func matrixProduct(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    var (a, b) = (try node.input(0).inOrder, try node.input(1).inOrder)
    guard a.rank >= 1, b.rank >= 1 else {
      throw ImportError("a matrix product of \(a.shape) and \(b.shape)", fix: "give matrices")
    }
    let (isRow, isColumn) = (a.rank == 1, b.rank == 1)
    if isRow { a = try node.reshape(a, to: [1, a.shape[0]]) }
    if isColumn { b = try node.reshape(b, to: [b.shape[0], 1]) }
    var y: Value
    if b.rank == 2, a.rank > 2 {
      let leading = a.shape.dimensions.dropLast()
      let rows = try node.reshape(a, to: [Shape(Array(leading)).count, a.channels])
      y = try node.apply(Op.MatrixProduct(), rows, b)
      y = try node.reshape(y, to: Shape(leading + [b.channels]))
    } else {
      let leadingA = Shape(a.shape.dimensions.dropLast(2)), leadingB = Shape(b.shape.dimensions.dropLast(2))
      guard let leading = leadingA.broadcast(with: leadingB) else {
        throw ImportError("the leading axes of \(a.shape) and \(b.shape) differ", fix: "make them equal")
      }
      func stretched(_ x: Value) throws(ImportError) -> Value {
        let target = Shape(leading.dimensions + x.shape.dimensions.suffix(2))
        return x.shape == target ? x : try node.apply(Op.Broadcast(to: target), x)
      }
      y = try node.apply(Op.MatrixProduct(), try stretched(a), try stretched(b))
    }
    var sizes = y.shape.dimensions
    if isColumn { sizes.removeLast() }
    if isRow { sizes.remove(at: sizes.count - (isColumn ? 1 : 2)) }
    return [LaidOut(try node.reshape(y, to: Shape(sizes)))]
  }
}
