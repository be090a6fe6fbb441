import FoveaCore
import FoveaGraph

// What is put to places that the data give: sums of what comes to each row of a table.

extension ONNXOperators {
  static let scatters: [String: Make] = [
    "ScatterElements": scatterElements, "Scatter": scatterElements, "ScatterND": scatterParts,
  ]

  private static func scatterElements(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let (x, indices) = (try node.input(0), try node.checked(try node.input(1).inOrder))
    let axis = try node.axis(try node.integer("axis", 0), rank: x.rank)
    let places = try places(node, indices, along: axis, of: x.shape)
    return [try scattered(node, x, places, row: [])]
  }

  private static func scatterParts(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let (x, indices) = (try node.input(0), try node.checked(try node.input(1).inOrder))
    let (places, row) = try rows(node, indices, of: x.shape, batches: 0)
    return [try scattered(node, x, places, row: row)]
  }

  /// `x` with the third input put to, or added at, the places of its rows.
  private static func scattered(
    _ node: NodeContext, _ x: LaidOut, _ places: Value, row: Shape
  ) throws(ImportError) -> LaidOut {
    let reduction = try node.text("reduction", "none")
    guard reduction == "none" || reduction == "add" else { throw .unsupported("a scatter by '\(reduction)'") }
    let table: Shape = [x.shape.count / row.count, row.count]
    let news = try node.input(2)
    let wanted = Shape(places.shape.dimensions + row.dimensions)
    guard news.shape == wanted else { throw ImportError("\(news.shape) for \(wanted)", fix: "use that shape") }
    let rows = try node.reshape(news.inOrder, to: Shape(places.shape.dimensions + [row.count]))
    let sums = try node.apply(Op.LookupGradient(rows: table[0]), rows, places)
    let old = try node.reshape(x.inOrder, to: table)
    guard reduction == "none" else { return LaidOut(try node.reshape(try node.checked(old + sums), to: x.shape)) }
    // How many came to each row: the same number that comes twice counts once.
    let one = node.builder.constant(Tensor(1))
    let ones = try node.apply(Op.Broadcast(to: Shape(places.shape.dimensions + [1])), one)
    let hits = try node.apply(Op.LookupGradient(rows: table[0]), ones, places)
    let y = select(hits.applying(Op.Step()), sums / max(hits, one), old)
    return LaidOut(try node.reshape(try node.checked(y), to: x.shape))
  }
}
