import FoveaCore
import FoveaGraph

// A large parameter is rounded or packed some rows at a time: what has been read can leave the memory before the others come.
extension Planner {
  /// Adds steps that round a parameter to bfloat16.
  ///
  /// - Returns: whether this is done.
  mutating func addStepsForRows(
    rounding id: Graph.NodeID, from source: Plan.Location, to target: Plan.Location
  ) throws -> Bool {
    let node = graph.nodes[id]
    guard node.operation is RoundToBFloat16, target.layout.isRowMajor(source.shape) else { return false }
    let together = RowsTogether(count: 1) { .rowMajor(Shape([$0] + source.shape.dimensions.dropFirst())) }
    return try addSteps(node.operation.label, of: node.inputs[0], from: source, to: target, together) {
      backend, rows, _ in
      let operand = KernelRequest.Operand(
        shape: rows, elementType: source.elementType, layout: .rowMajor(rows), isStatic: true)
      return try backend.kernel(
        for: KernelRequest(
          operation: node.operation, inputs: [operand], outputShape: rows, outputType: node.elementType,
          isOutput: false))
    }
  }

  /// Adds steps that copy a parameter into a layout in which rows lie together.
  ///
  /// - Returns: whether this is done.
  mutating func addStepsForRows(
    reordering id: Graph.NodeID, from source: Plan.Location, to target: Plan.Location
  ) throws -> Bool {
    let found = backends.lazy.compactMap {
      $0.rowsTogether(in: target.layout, of: source.shape, source.elementType)
    }.first
    guard let together = found else { return false }
    return try addSteps("reorder", of: id, from: source, to: target, together) { backend, rows, layout in
      try backend.reorder(rows, source.elementType, from: .rowMajor(rows), to: layout)
    }
  }

  /// - Parameters:
  ///   - ask: for the kernel from rows of this shape to this layout.
  private mutating func addSteps(
    _ operation: String, of id: Graph.NodeID, from source: Plan.Location, to target: Plan.Location,
    _ together: RowsTogether, _ ask: (_ backend: any Backend, _ rows: Shape, _ layout: Layout) throws -> Kernel?
  ) throws -> Bool {
    let shape = source.shape
    guard graph.nodes[id].operation is Op.Parameter, shape.rank > 1, source.layout.isRowMajor(shape) else {
      return false
    }
    let rowBytes = shape.count / shape[0] * source.elementType.byteCount
    let most = max(Self.bytesAtOnce / max(rowBytes * together.count, 1), 1) * together.count
    guard shape[0] > most else { return false }
    var (from, to) = (source, target)
    for row in stride(from: 0, to: shape[0], by: most) {
      let count = min(most, shape[0] - row)
      from.shape = Shape([count] + shape.dimensions.dropFirst())
      (from.layout, to.shape, to.layout) = (.rowMajor(from.shape), from.shape, together.layout(count))
      let kernel = try kernel(to: "run \(operation) on \(from.shape)", for: graph.nodes[id].path) {
        try ask($0, from.shape, to.layout)
      }
      append(
        .init(
          operation: operation, path: graph.nodes[id].path, kernel: kernel, inputs: [from], output: to,
          multiplyAdds: 0), isStatic: true)
      from.offset += count * rowBytes
      to.offset += to.layout.byteCount(to.shape, to.elementType)
    }
    return true
  }

  /// What is read in one step.
  private static let bytesAtOnce = 8 << 20
}
