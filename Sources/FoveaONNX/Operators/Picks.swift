import FoveaCore
import FoveaFormats
import FoveaGraph

// What is picked by numbers that the data give: rows of tables, whose numbers are computed first.

extension ONNXOperators {
  static let picks: [String: Make] = ["TopK": best, "GatherElements": gatherElements, "GatherND": gatherParts]

  /// The largest or smallest numbers along an axis, and their places.
  private static func best(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    let count = node.opset < 10 ? try node.integer("k", 0) : try node.known(1).integers.first ?? 0
    let axis = try node.axis(try node.integer("axis", -1), rank: x.rank)
    guard (1...x.shape[axis]).contains(count) else {
      throw ImportError("the best \(count) of \(x.shape[axis])", fix: "use 1 to \(x.shape[axis])")
    }
    let last = x.rank - 1
    var order = Array(0...last)
    order.swapAt(x.place(of: axis), last)
    let rows = try node.transpose(x.value, order)
    let isLargest = try node.integer("largest", 1) != 0
    let positions = try node.apply(Op.BestPositions(count: count, isLargest: isLargest), rows)
    let indices = try node.apply(Op.Convert.toFloat, positions)

    let length = rows.shape[last]
    var places = try FlatPlaces(node, in: rows.shape)
    places.add(try node.reshape(indices, to: [rows.shape.count / length, count]))
    places.add(node.counting(rows.shape.count / length, along: 0, rank: 2, stride: length))
    let picked = try node.reshape(try node.picking(rows, at: try places.value()), to: positions.shape)
    return [
      x.with(try node.transpose(picked, order)).meaning(node.kind(0)),
      x.with(try node.transpose(indices, order)).meaning(.whole),
    ]
  }

  /// The places that GatherElements and ScatterElements name: everywhere but along one axis those of the indices.
  static func places(
    _ node: NodeContext, _ indices: Value, along axis: Int, of shape: Shape
  ) throws(ImportError) -> Value {
    let rank = shape.rank
    guard indices.rank == rank, (0..<rank).allSatisfy({ $0 == axis || indices.shape[$0] <= shape[$0] }) else {
      throw ImportError("indices \(indices.shape) into \(shape)", fix: "use the same rank, and sizes that fit")
    }
    let strides = shape.rowMajorStrides
    var places = try FlatPlaces(node, in: shape)
    try places.add(indices, of: shape[axis], stride: strides[axis])
    for other in 0..<rank where other != axis {
      places.add(node.counting(indices.shape[other], along: other, rank: rank, stride: strides[other]))
    }
    return try places.value()
  }

  private static func gatherElements(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let (x, indices) = (try node.input(0), try node.input(1))
    let axis = try node.axis(try node.integer("axis", 0), rank: x.rank)
    let places = try places(node, try node.checked(indices.inOrder), along: axis, of: x.shape)
    return [LaidOut(try node.picking(try node.checked(x.inOrder), at: places))]
  }

  /// The rows that GatherND and ScatterND name, each by the numbers along the last axis of the indices.
  ///
  /// - Parameter batches: how many leading axes both have in common.
  /// - Returns: numbers of rows in the shape of the indices without the last axis, and the shape of a row.
  static func rows(
    _ node: NodeContext, _ indices: Value, of shape: Shape, batches: Int
  ) throws(ImportError) -> (places: Value, row: Shape) {
    let sizes = shape.dimensions
    let count = indices.rank >= 1 ? indices.shape[indices.rank - 1] : 0
    guard (0..<max(indices.rank, 1)).contains(batches), count >= 1, batches + count <= shape.rank,
      indices.shape.dimensions.prefix(batches) == sizes.prefix(batches)
    else { throw ImportError("indices \(indices.shape) into \(shape)", fix: "check the file with onnx.checker") }
    let table = Shape(Array(sizes[..<(batches + count)]))
    let strides = table.rowMajorStrides
    let leading = Shape(indices.shape.dimensions.dropLast())
    var places = try FlatPlaces(node, in: table)
    for part in 0..<count {
      let along = try node.picking(indices, along: indices.rank - 1, start: part, count: 1)
      try places.add(
        try node.reshape(along, to: leading), of: sizes[batches + part], stride: strides[batches + part])
    }
    for axis in 0..<batches {
      places.add(node.counting(sizes[axis], along: axis, rank: leading.rank, stride: strides[axis]))
    }
    return (try places.value(), Shape(Array(sizes[(batches + count)...])))
  }

  private static func gatherParts(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let (x, indices) = (try node.input(0), try node.checked(try node.input(1).inOrder))
    let batches = try node.integer("batch_dims", 0)
    let (places, row) = try rows(node, indices, of: x.shape, batches: batches)
    let table = try node.reshape(x.inOrder, to: [x.shape.count / row.count, row.count])
    let picked = try node.apply(Op.Lookup(), table, places)
    return [LaidOut(try node.reshape(picked, to: Shape(places.shape.dimensions + row.dimensions)))]
  }

  /// Parts along an axis by numbers that depend on the data.
  static func gather(
    _ node: NodeContext, _ x: LaidOut, _ indices: LaidOut, along axis: Int
  ) throws(ImportError) -> [LaidOut] {
    let (sizes, rank) = (x.shape.dimensions, x.rank)
    let front = try node.transpose(try node.checked(x.inOrder), [axis] + (0..<rank).filter { $0 != axis })
    let table = try node.reshape(front, to: [sizes[axis], max(x.shape.count / sizes[axis], 1)])
    var places = try node.checked(indices.inOrder)
    if places.elementType.isFloatingPoint {
      var flat = try FlatPlaces(node, in: [sizes[axis]])
      try flat.add(places, of: sizes[axis], stride: 1)
      places = try flat.value()
    }
    let picked = try node.apply(Op.Lookup(), table, places)
    let count = places.rank
    let rest = sizes.indices.filter { $0 != axis }
    let y = try node.reshape(picked, to: Shape(places.shape.dimensions + rest.map { sizes[$0] }))
    // The axes of the indices stand where the axis stood.
    let before = (0..<axis).map { count + $0 }
    let after = (axis..<(rank - 1)).map { count + $0 }
    return [LaidOut(try node.transpose(y, before + (0..<count) + after))]
  }
}
