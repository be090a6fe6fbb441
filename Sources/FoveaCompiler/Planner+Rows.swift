import FoveaCore
import FoveaGraph

extension Planner {
  /// Rounds a large parameter some rows at a time: what has been read can leave the memory before the others come.
  ///
  /// - Returns: whether this is done.
  mutating func addStepsForRows(
    of id: Graph.NodeID, from source: Plan.Location, to target: Plan.Location
  ) throws -> Bool {
    let (node, shape) = (graph.nodes[id], source.shape)
    guard node.operation is RoundToBFloat16, graph.nodes[node.inputs[0]].operation is Op.Parameter, shape.rank > 1,
      source.layout.isRowMajor(shape), target.layout.isRowMajor(shape)
    else { return false }
    let (rowBytes, length) = (shape.count / shape[0] * source.elementType.byteCount, shape[0])
    let most = max(Self.bytesAtOnce / max(rowBytes, 1), 1)
    guard length > most else { return false }
    for row in stride(from: 0, to: length, by: most) {
      let rows = Shape([min(most, length - row)] + shape.dimensions.dropFirst())
      func part(of whole: Plan.Location) -> Plan.Location {
        var part = whole
        (part.shape, part.layout) = (rows, .rowMajor(rows))
        part.offset += row * (shape.count / length) * whole.elementType.byteCount
        return part
      }
      let operand = KernelRequest.Operand(
        shape: rows, elementType: source.elementType, layout: .rowMajor(rows), isStatic: true)
      let request = KernelRequest(
        operation: node.operation, inputs: [operand], outputShape: rows, outputType: node.elementType, isOutput: false)
      let kernel = try kernel(to: "run \(node.operation.label) on \(rows)", for: node.path) {
        try $0.kernel(for: request)
      }
      append(
        .init(
          operation: node.operation.label, path: node.path, kernel: kernel, inputs: [part(of: source)],
          output: part(of: target), multiplyAdds: 0), isStatic: true)
    }
    return true
  }

  /// What is rounded in one step.
  private static let bytesAtOnce = 8 << 20
}
