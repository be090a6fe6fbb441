import FoveaCore
import FoveaFormats
import FoveaGraph

/// A node of our graph, as the operations that export it see it.
struct ExportContext {
  let export: GraphExport
  let id: Graph.NodeID

  private var node: Graph.Node { export.graph.nodes[id] }
  var inputs: [Graph.NodeID] { node.inputs }
  var shape: Shape { node.shape }

  func shape(of input: Int) -> Shape { export.graph.nodes[inputs[input]].shape }
  func operation(of input: Int) -> any Operation { export.graph.nodes[inputs[input]].operation }
  func value(_ input: Int) -> Exported { export.value(inputs[input]) }
  func plain(_ input: Int) -> String { export.plain(inputs[input]) }
  func channelsFirst(_ input: Int) -> String { export.channelsFirst(inputs[input]) }

  /// An image in ONNX's order, anything else as it is.
  func imageOrRows(_ input: Int) -> Exported {
    shape(of: input).rank >= 3
      ? Exported(channelsFirst(input), isChannelsFirst: true) : Exported(plain(input))
  }

  /// Our sizes of an input; `nil` for the batch.
  func sizes(of input: Int) -> [Int?] { export.sizes(inputs[input]) }
  /// Our sizes of the result; `nil` for the batch.
  var sizes: [Int?] { export.sizes(id) }

  /// Adds an operator with one result.
  func emit(_ type: String, _ inputs: String..., attributes: [String: ONNXAttribute] = [:]) -> String {
    export.emit(type, inputs, attributes, path: node.path, outputs: 1)[0]
  }

  /// Adds an operator.
  func emit(_ type: String, _ inputs: [String], attributes: [String: ONNXAttribute], outputs: Int = 1) -> [String] {
    export.emit(type, inputs, attributes, path: node.path, outputs: outputs)
  }

  func transposed(_ name: String, _ order: [Int]) -> String { export.transposed(name, order, path: node.path) }

  // MARK: Numbers

  func number(_ number: Float) -> String {
    export.initializer("number \(number)") { ONNXTensor(Tensor([number], shape: [])) }
  }

  func integers(_ integers: [Int]) -> String {
    export.initializer("integers \(integers)") {
      ONNXTensor(shape: [integers.count], type: .int64, content: .integers(integers))
    }
  }

  func integer(_ integer: Int) -> String {
    export.initializer("integer \(integer)") { ONNXTensor(shape: [], type: .int64, content: .integers([integer])) }
  }

  /// Numbers of this node's own.
  func numbers(_ name: String, _ tensor: Tensor) -> String {
    export.initializer("\(node.path).\(name)\(id)") { ONNXTensor(tensor) }
  }

  /// The weights of a convolution, O×I×window….
  func convolutionWeights(_ input: Int) -> String {
    let rank = shape(of: input).rank
    let order = [rank - 1, rank - 2] + (0..<(rank - 2))
    if let (name, tensor) = export.tensor(inputs[input]) {
      return export.initializer("\(name).oihw", named: name) { ONNXTensor(tensor.permuted(order)) }
    }
    return transposed(plain(input), order)
  }

  /// A row of an input of rank 2.
  func row(_ row: Int, of input: Int, name: String) -> String {
    let rows = export.graph.nodes[inputs[input]]
    // Put together of vectors: then it is one of these.
    if rows.operation as? Op.Concatenate == Op.Concatenate(axis: 0), rows.inputs.count == rows.shape[0] {
      let part = export.graph.nodes[rows.inputs[row]]
      if part.operation is Op.Reshape, export.graph.nodes[part.inputs[0]].shape.rank == 1 {
        return export.plain(part.inputs[0])
      }
    }
    if let (path, tensor) = export.tensor(inputs[input]) {
      let columns = tensor.shape[1]
      return export.initializer("\(path).\(name)") {
        ONNXTensor(Tensor(Array(tensor.floats[(row * columns)..<((row + 1) * columns)]), shape: [columns]))
      }
    }
    return emit("Gather", plain(input), integer(row), attributes: ["axis": .integer(0)])
  }

  /// The vector that the only reader adds, as this operator's own bias.
  func takeBias() -> String? { export.takeBias(of: id) }

  /// The sizes of the result as a list of whole numbers, which the file computes where they are the batch's.
  ///
  /// - Parameter kept: for each axis, whether an input has its size already, so that 1 leaves it.
  func computedSizes(_ kept: [Bool]) throws(ExportError) -> String {
    guard zip(sizes, kept).contains(where: { $0 == nil && !$1 }) else {
      return integers(zip(sizes, kept).map { size, _ in size ?? 1 })
    }
    guard let batch = export.batchSize() else { throw ExportError(what: "stretching to the batch") }
    var parts: [String] = []
    for axis in sizes.indices {
      if let size = sizes[axis] ?? (kept[axis] ? 1 : nil) {
        parts.append(integers([size]))
        continue
      }
      let (first, second) = (shape[axis], export.other.nodes[id].shape[axis])
      let factor = first / batch.sizes.0
      guard (factor * batch.sizes.0, factor * batch.sizes.1) == (first, second) else {
        throw ExportError(what: "a size that is no multiple of the batch's")
      }
      parts.append(factor == 1 ? batch.name : emit("Mul", batch.name, integers([factor])))
    }
    return parts.count == 1 ? parts[0] : emit("Concat", parts, attributes: ["axis": .integer(0)])[0]
  }

  /// The same operation in the graph for another batch, and the shape of its first input there.
  var atOtherBatch: (operation: any Operation, input: Shape) {
    let node = export.other.nodes[id]
    return (node.operation, export.other.nodes[node.inputs[0]].shape)
  }

  // MARK: Arrangements

  /// A new shape, the batch's size open.
  ///
  /// - Parameter keepsFirst: whether the first axis stays as long as it is.
  func reshaped(_ name: String, to sizes: [Int?], keepsFirst: Bool) throws(ExportError) -> String {
    guard sizes.count(where: { $0 == nil }) <= 1 else {
      throw ExportError(what: "a shape with the size of the batch twice")
    }
    // 0 keeps the size that is there, −1 is what is left over.
    let target = sizes.enumerated().map { $1 ?? ($0 == 0 && keepsFirst ? 0 : -1) }
    return emit("Reshape", name, integers(target))
  }

  /// Where the file has the axis that we call `axis`.
  func place(_ axis: Int, rank: Int, isChannelsFirst: Bool) -> Int {
    guard isChannelsFirst, axis > 0 else { return axis }
    return axis == rank - 1 ? 1 : axis + 1
  }

  /// Inputs whose axes lie alike, so that the smaller ones stretch.
  func aligned() throws(ExportError) -> (names: [String], isChannelsFirst: Bool) {
    let rank = shape.rank
    let isChannelsFirst = inputs.indices.contains { value($0).isChannelsFirst && shape(of: $0).rank == rank }
    var names: [String] = []
    for input in inputs.indices {
      names.append(isChannelsFirst ? try stretching(input, to: rank) : plain(input))
    }
    return (names, isChannelsFirst)
  }

  /// An input in ONNX's order of axes beside an image of `rank` axes.
  private func stretching(_ input: Int, to rank: Int) throws(ExportError) -> String {
    let shape = shape(of: input)
    guard shape.rank < rank else { return channelsFirst(input) }
    guard shape.rank > 0 else { return plain(input) }
    guard !sizes(of: input).contains(nil) else { throw ExportError(what: "a batch beside an image without one") }
    // N×spatial…×C with axes of 1 before, the channels put second.
    var sizes = [Int](repeating: 1, count: rank - shape.rank) + shape.dimensions
    let padded = Shape(sizes)
    let order = [0, rank - 1] + (1..<(rank - 1))
    if let (name, tensor) = export.tensor(inputs[input]) {
      sizes = order.map { sizes[$0] }
      return export.initializer("\(name) \(sizes)", named: name) {
        ONNXTensor(Tensor(tensor.floats, shape: padded).permuted(order))
      }
    }
    return transposed(emit("Reshape", plain(input), integers(sizes)), order)
  }
}
