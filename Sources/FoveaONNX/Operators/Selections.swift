import FoveaCore
import FoveaGraph

extension ONNXOperators {
  static let selections: [String: Make] = [
    "OneHot": oneHot, "Hardmax": hardmax, "Trilu": triangle, "Compress": compress,
  ]

  /// 0, 1, 2, … along one of `rank` axes.
  static func counting(_ node: NodeContext, _ count: Int, along axis: Int, rank: Int, step: Int = 1) -> Value {
    var shape = Shape([Int](repeating: 1, count: rank))
    shape[axis] = count
    return node.builder.constant(Tensor((0..<count).map { Float($0 * step) }, shape: shape))
  }

  private static func oneHot(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let places = try node.input(0)
    guard let depth = try node.known(1).integers.first, (1...(1 << 24)).contains(depth) else {
      throw ImportError("a depth that is no number of 1 to 2²⁴", fix: "use fewer classes")
    }
    let values = try node.known(2)
    guard values.shape.count == 2 else { throw ImportError("\(values.shape) values", fix: "give off and on") }
    let axis = try node.axis(try node.integer("axis", -1), rank: places.rank + 1)
    var sizes = places.shape.dimensions
    sizes.insert(1, at: axis)
    // Counted from the end where it is negative.
    let column = try node.reshape(places.inOrder, to: Shape(sizes))
    let zero = node.builder.constant(Tensor(0))
    let place = column + Float(depth) * column.compared(.less, zero)
    let isHere = place.compared(.equal, counting(node, depth, along: axis, rank: sizes.count))
    let y = try node.checked((values.floats[1] - values.floats[0]) * isHere + values.floats[0])
    return [LaidOut(y).meaning(NumberKind(values.type))]
  }

  private static func hardmax(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    let axis = try node.axis(try node.integer("axis", node.opset < 13 ? 1 : -1), rank: x.rank)
    var (value, place) = (x.value, x.place(of: axis))
    if node.opset < 13 {
      // All axes from this one on count together.
      let sizes = x.shape.dimensions
      let shape: Shape = [Shape(Array(sizes[..<axis])).count, Shape(Array(sizes[axis...])).count]
      (value, place) = (try node.reshape(x.inOrder, to: shape), 1)
    }
    let length = value.shape[place]
    guard length <= 1 << 24 else { throw ImportError("an axis of \(length)", fix: "use at most 2²⁴") }
    // The nearer to the beginning, the larger; 0 for what is not the largest.
    let isLess = (value.applying(Op.Maximum(over: [place], keepingAxes: true)) - value).applying(Op.Step())
    let ranks = (1 - isLess) * (Float(length) - counting(node, length, along: place, rank: value.rank))
    let y = ranks.compared(.equal, ranks.applying(Op.Maximum(over: [place], keepingAxes: true)))
    guard node.opset < 13 else { return [x.with(try node.checked(y))] }
    return [LaidOut(try node.reshape(y, to: x.shape))]
  }

  /// The upper or lower triangle of matrices, zeros elsewhere.
  private static func triangle(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    let isUpper = try node.integer("upper", 1) != 0
    let shift = node.has(1) ? try node.known(1).integers.first ?? 0 : 0
    guard x.rank >= 2, (-(1 << 24)...(1 << 24)).contains(shift) else {
      throw ImportError("triangle \(shift) of \(x.shape)", fix: "give matrices, and a diagonal of them")
    }
    let (rows, columns) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
    let row = counting(node, rows, along: 0, rank: 2)
    let diagonal = counting(node, columns, along: 1, rank: 2) - Float(shift)
    let mask = isUpper ? row.compared(.lessOrEqual, diagonal) : diagonal.compared(.lessOrEqual, row)
    return [LaidOut(try node.apply(Op.Mask(), x.inOrder, mask))]
  }

  /// What stands where a condition that is known now says so.
  private static func compress(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let condition = try node.known(1).integers
    var x = try node.input(0)
    if node.node.attributes["axis"] == nil { x = LaidOut(try node.reshape(x.inOrder, to: [x.shape.count])) }
    let axis = try node.axis(try node.integer("axis", 0), rank: x.rank)
    let (length, place) = (x.shape[axis], x.place(of: axis))
    let picks = condition.prefix(length).indices.filter { condition[$0] != 0 }
    guard !picks.isEmpty, length <= SparseMatrix.longest else {
      throw .unsupported("a choice of \(picks.count) of \(length)")
    }
    return [x.with(try node.apply(Op.SparseMap(along: place, SparseMatrix(gathering: picks, of: length)), x.value))]
  }
}
