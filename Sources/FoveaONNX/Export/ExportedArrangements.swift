import FoveaCore
import FoveaFormats
import FoveaGraph

extension Op.Concatenate: ONNXExportable {
  func export(_ node: ExportContext) -> Exported {
    let rank = node.shape.rank
    let isChannelsFirst = rank >= 3 && node.inputs.indices.contains { node.value($0).isChannelsFirst }
    let names = node.inputs.indices.map { isChannelsFirst ? node.channelsFirst($0) : node.plain($0) }
    let place = node.place(axis, rank: rank, isChannelsFirst: isChannelsFirst)
    return Exported(
      node.emit("Concat", names, attributes: ["axis": .integer(place)])[0], isChannelsFirst: isChannelsFirst)
  }
}

extension Op.Slice: ONNXExportable {
  func export(_ node: ExportContext) throws(ExportError) -> Exported {
    let (x, shape, sizes) = (node.value(0), node.shape(of: 0), node.sizes(of: 0))
    let cut = (0..<shape.rank).filter { size[$0] != shape[$0] }
    guard !cut.isEmpty else { return x }
    var bounds: [(start: Int, end: Int)] = []
    for axis in cut {
      let bound = (start[axis], start[axis] + size[axis])
      bounds.append(sizes[axis] == nil ? try batchBounds(node, axis) : bound)
    }
    let places = cut.map { node.place($0, rank: shape.rank, isChannelsFirst: x.isChannelsFirst) }
    let y = node.emit(
      "Slice", x.name, node.integers(bounds.map(\.start)), node.integers(bounds.map(\.end)), node.integers(places))
    return Exported(y, isChannelsFirst: x.isChannelsFirst)
  }

  /// Start and end along an axis of the batch's size, from whose beginning or end each is as far for every batch.
  private func batchBounds(_ node: ExportContext, _ axis: Int) throws(ExportError) -> (start: Int, end: Int) {
    let (other, length) = (node.atOtherBatch, node.shape(of: 0)[axis])
    guard let there = other.operation as? Op.Slice else { throw ExportError(what: "a part of a batch") }
    func bound(_ here: Int, _ there: Int) throws(ExportError) -> Int {
      if here == there { return here }
      guard here - length == there - other.input[axis] else { throw ExportError(what: "a share of a batch") }
      // Behind the last one, no number that counts from the end will do.
      return here == length ? Int(Int32.max) : here - length
    }
    return (
      try bound(start[axis], there.start[axis]),
      try bound(start[axis] + size[axis], there.start[axis] + there.size[axis])
    )
  }
}

extension Op.Pad: ONNXExportable {
  func export(_ node: ExportContext) -> Exported {
    let (x, rank) = (node.value(0), before.count)
    var pads = [Int](repeating: 0, count: 2 * rank)
    for axis in 0..<rank {
      let place = node.place(axis, rank: rank, isChannelsFirst: x.isChannelsFirst)
      (pads[place], pads[rank + place]) = (before[axis], after[axis])
    }
    let y = node.emit("Pad", x.name, node.integers(pads), value == 0 ? "" : node.number(value))
    return Exported(y, isChannelsFirst: x.isChannelsFirst)
  }
}

extension Op.Reshape: ONNXExportable {
  func export(_ node: ExportContext) throws(ExportError) -> Exported {
    let (x, shape) = (node.value(0), node.shape(of: 0))
    // One channel, or one position: both orders are the same in memory.
    let isEither =
      x.isChannelsFirst && (shape.channels == 1 || shape.dimensions[1..<(shape.rank - 1)].allSatisfy { $0 == 1 })
    let keepsFirst = shape.rank > 0 && node.shape.rank > 0 && shape[0] == node.shape[0]
    return Exported(
      try node.reshaped(isEither ? x.name : node.plain(0), to: node.sizes, keepsFirst: keepsFirst))
  }
}

extension Op.Transpose: ONNXExportable {
  func export(_ node: ExportContext) -> Exported {
    let x = node.value(0)
    // Where the file has the axes that the result shall have, one after another.
    let places = order.map { node.place($0, rank: order.count, isChannelsFirst: x.isChannelsFirst) }
    return Exported(node.transposed(x.name, places))
  }
}

extension Op.Broadcast: ONNXExportable {
  func export(_ node: ExportContext) throws(ExportError) -> Exported {
    let added = [Bool](repeating: false, count: node.shape.rank - node.shape(of: 0).rank)
    let target = try node.computedSizes(added + node.sizes(of: 0).map { $0 == nil })
    return Exported(node.emit("Expand", node.plain(0), target))
  }
}

extension Op.SparseMap: ONNXExportable {
  func export(_ node: ExportContext) throws(ExportError) -> Exported {
    var x = node.value(0)
    for (axis, matrix) in zip(axis..., matrices) {
      let place = node.place(axis, rank: node.shape.rank, isChannelsFirst: x.isChannelsFirst)
      x.name = try Self.mapped(x.name, along: place, matrix, node)
    }
    return x
  }

  /// Picks where every output is one input, a matrix product elsewhere.
  private static func mapped(
    _ x: String, along axis: Int, _ matrix: SparseMatrix, _ node: ExportContext
  ) throws(ExportError) -> String {
    if let picked = matrix.picked {
      return node.emit("Gather", x, node.integers(picked), attributes: ["axis": .integer(axis)])
    }
    guard saturatingProduct(matrix.rows, matrix.columns) <= 1 << 24 else {
      throw ExportError(what: "a map from \(matrix.columns) to \(matrix.rows) positions")
    }
    var numbers = [Float](repeating: 0, count: matrix.rows * matrix.columns)
    for row in 0..<matrix.rows {
      for entry in matrix[row] { numbers[entry.column * matrix.rows + row] = Float(entry.weight) }
    }
    let weights = node.numbers("map\(axis)", Tensor(numbers, shape: [matrix.columns, matrix.rows]))
    var order = Array(0..<node.shape.rank)
    order.swapAt(axis, order.count - 1)
    return node.transposed(node.emit("MatMul", node.transposed(x, order), weights), order)
  }
}

extension Op.Sum: ONNXExportable {
  func export(_ node: ExportContext) -> Exported { node.reduced("ReduceSum", axes, keepsAxes, areAxesInput: true) }
}

extension Op.Mean: ONNXExportable {
  func export(_ node: ExportContext) -> Exported { node.reduced("ReduceMean", axes, keepsAxes) }
}

extension Op.Maximum: ONNXExportable {
  func export(_ node: ExportContext) -> Exported { node.reduced("ReduceMax", axes, keepsAxes) }
}

extension ExportContext {
  /// - Parameter areAxesInput: in version 17, sums take their axes as an input, the others as an attribute.
  fileprivate func reduced(_ type: String, _ axes: [Int], _ keepsAxes: Bool, areAxesInput: Bool = false) -> Exported {
    let (x, rank) = (value(0), shape(of: 0).rank)
    // Without all spatial axes, what is left has its channels last again.
    let stays = x.isChannelsFirst && (keepsAxes || (1..<(rank - 1)).allSatisfy(axes.contains))
    let places = axes.map { place($0, rank: rank, isChannelsFirst: stays) }.sorted()
    var attributes: [String: ONNXAttribute] = ["keepdims": .integer(keepsAxes ? 1 : 0)]
    let name = stays ? x.name : plain(0)
    if areAxesInput {
      return Exported(emit(type, name, integers(places), attributes: attributes), isChannelsFirst: stays && keepsAxes)
    }
    attributes["axes"] = .integers(places)
    return Exported(emit(type, name, attributes: attributes), isChannelsFirst: stays && keepsAxes)
  }
}
