import FoveaCore
import FoveaGraph

extension NodeContext {
  /// The shape without some axes of 1: all of them by default.
  func squeezed(_ shape: Shape) throws(ImportError) -> Shape {
    let given = try integers("axes", orInput: 1)
    let axes = try self.axes(given ?? shape.dimensions.indices.filter { shape[$0] == 1 }, rank: shape.rank)
    guard axes.allSatisfy({ shape[$0] == 1 }) else {
      throw ImportError("squeezing the axes \(axes) of \(shape)", fix: "name axes of length 1")
    }
    return shape.reduced(over: axes)
  }

  /// The shape with axes of 1, where the result has them.
  func unsqueezed(_ shape: Shape) throws(ImportError) -> Shape {
    let given = try integers("axes", orInput: 1) ?? []
    let axes = try self.axes(given, rank: shape.rank + given.count)
    var rest = shape.dimensions[...]
    return Shape((0..<(shape.rank + given.count)).map { axes.contains($0) ? 1 : rest.removeFirst() })
  }

  /// The size of the first axis of a new shape: where a file for batches of one size names it, and `shape` begins with
  /// the batch that there is, this one.
  func batch(named size: Int, in shape: Shape) -> Int {
    guard let batch = graph.batch, size == batch.declared, shape.dimensions.first == batch.present else { return size }
    return batch.present
  }

  /// The shape that a reshape asks for: 0 keeps an axis, −1 takes what is left.
  ///
  /// - Parameter isBatch: whether the first axis may be the batch.
  func reshaped(_ shape: Shape, isBatch: Bool) throws(ImportError) -> Shape {
    var sizes = try known(1).integers
    let keepsZeros = try integer("allowzero", 0) == 0
    for axis in sizes.indices where sizes[axis] == 0 && keepsZeros {
      guard axis < shape.rank else {
        throw ImportError("the shape \(sizes) keeps axis \(axis) of \(shape)", fix: "use its size")
      }
      sizes[axis] = shape[axis]
    }
    if isBatch, let first = sizes.first { sizes[0] = batch(named: first, in: shape) }
    let rest = sizes.filter { $0 != -1 }
    let wrong = ImportError("\(shape) cannot be read as \(sizes)", fix: "use a shape of \(shape.count) elements")
    let isHoldable = rest.reduce(1, { saturatingProduct($0, $1) }) < saturation
    guard rest.allSatisfy({ $0 >= 0 }), sizes.count - rest.count <= 1, isHoldable else { throw wrong }
    if let open = sizes.firstIndex(of: -1) {
      let count = Shape(rest).count
      guard count > 0, shape.count % count == 0 else { throw wrong }
      sizes[open] = shape.count / count
    }
    guard Shape(sizes).count == shape.count else { throw wrong }
    return Shape(sizes)
  }

  /// The axes in the order that a transpose asks for: turned round by default.
  func order(rank: Int) throws(ImportError) -> [Int] {
    let order = try integers("perm") ?? (0..<rank).reversed()
    guard order.sorted() == Array(0..<rank) else {
      throw ImportError("the order \(order) of \(rank) axes", fix: "name every axis once")
    }
    return order
  }
}

extension ONNXOperators {
  static let arrangements: [String: Make] = [
    "Flatten": flatten, "Reshape": reshape, "Transpose": transpose, "Squeeze": squeeze, "Unsqueeze": unsqueeze,
    "Concat": concat, "Range": range, "ConstantOfShape": filled, "Expand": expand, "Tile": tile,
    "DepthToSpace": depthToSpace,
    "SpaceToDepth": spaceToDepth,
  ]

  private static func flatten(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    let given = try node.integer("axis", 1)
    let axis = given < 0 ? given + x.rank : given
    guard (0...x.rank).contains(axis) else {
      throw ImportError("flattening from axis \(given) of \(x.shape)", fix: "use an axis of it")
    }
    let sizes = x.shape.dimensions
    let shape = Shape([Shape(Array(sizes[..<axis])).count, Shape(Array(sizes[axis...])).count])
    return [LaidOut(try node.reshape(x.inOrder, to: shape))]
  }

  private static func reshape(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    let shape = try node.reshaped(x.shape, isBatch: true)
    return shape == x.shape ? [x] : [LaidOut(try node.reshape(x.inOrder, to: shape))]
  }

  private static func transpose(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    let order = try node.order(rank: x.rank)
    // From N×C×spatial… to N×spatial…×C: as it lies.
    if x.isChannelsLast, order == [0] + (2..<x.rank) + [1] { return [LaidOut(x.value)] }
    return [LaidOut(try node.transpose(x.inOrder, order))]
  }

  private static func squeeze(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    return [LaidOut(try node.reshape(x.inOrder, to: try node.squeezed(x.shape)))]
  }

  private static func unsqueeze(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    return [LaidOut(try node.reshape(x.inOrder, to: try node.unsqueezed(x.shape)))]
  }

  private static func concat(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let inputs = try node.inputs { $0.shape.count > 0 }
    let rank = inputs[0].rank
    guard inputs.allSatisfy({ $0.rank == rank }) else {
      throw ImportError("concatenation of \(inputs.map(\.shape.description))", fix: "give shapes of one rank")
    }
    let axis = try node.axis(try node.integer("axis", 1), rank: rank)
    let isChannelsLast = inputs.contains(where: \.isChannelsLast)
    let values = inputs.map { isChannelsLast ? $0.channelsLast : $0.inOrder }
    for value in values { _ = try node.checked(value) }
    let place = LaidOut(values[0], isChannelsLast: isChannelsLast).place(of: axis)
    return [LaidOut(try node.checked(concatenate(values, axis: place)), isChannelsLast: isChannelsLast)]
  }

  /// Numbers in a row, from floats that the caller knows.
  private static func range(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let bounds = [try node.known(0), try node.known(1), try node.known(2)]
    guard let tensor = try Folding.range(node, bounds)?.tensor, tensor.shape.count > 0 else {
      throw .unsupported("a range without elements")
    }
    return [LaidOut(node.builder.constant(tensor)).meaning(NumberKind(bounds[0].type))]
  }

  /// One number in a shape: many of them are stretched when the program starts, not kept in the graph.
  private static func filled(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let sizes = try node.known(0).integers
    guard sizes.allSatisfy({ $0 > 0 }), Shape(sizes).isHoldable else {
      throw ImportError("constants of the shape \(sizes)", fix: "use sizes of at least 1")
    }
    var (number, kind): (Float, NumberKind) = (0, .real)
    if case .tensor(let tensor)? = node.node.attributes["value"] {
      (number, kind) = (tensor.floats.first ?? 0, NumberKind(tensor.type))
    }
    let value = try node.apply(Op.Broadcast(to: Shape(sizes)), node.builder.constant(Tensor(number)))
    return [LaidOut(value).meaning(kind)]
  }

  private static func expand(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    var wanted = try node.known(1).integers
    if let first = wanted.first, wanted.count == x.rank { wanted[0] = node.batch(named: first, in: x.shape) }
    guard wanted.allSatisfy({ $0 > 0 }), let shape = x.shape.broadcast(with: Shape(wanted)), shape.isHoldable else {
      throw ImportError("\(x.shape) does not stretch to \(wanted)", fix: "only axes of 1 stretch")
    }
    return shape == x.shape ? [x] : [LaidOut(try node.apply(Op.Broadcast(to: shape), x.inOrder))]
  }

  private static func tile(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    let repeats = try node.known(1).integers
    guard repeats.count == x.rank, repeats.allSatisfy({ $0 > 0 }) else {
      throw ImportError("\(repeats) repetitions of \(x.shape)", fix: "give one number of 1 or more for each axis")
    }
    var y = x.value
    for axis in 0..<x.rank where repeats[axis] > 1 {
      let (place, length) = (x.place(of: axis), x.shape[axis])
      let indices = try node.indices(saturatingProduct(length, repeats[axis])) { $0 % length }
      y = try node.apply(Op.SparseMap(along: place, SparseMatrix(gathering: indices, of: length)), y)
    }
    return [x.with(y)]
  }

  /// Channels become blocks of pixels.
  private static func depthToSpace(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    let block = try node.integer("blocksize", 0)
    let isColumnRow = try node.text("mode", "DCR") == "CRD"
    guard x.rank == 4, (1...(1 << 20)).contains(block), x.shape[1] % saturatingProduct(block, block) == 0 else {
      throw ImportError("blocks of \(block) out of \(x.shape)", fix: "give N×C×H×W with block² channels for each")
    }
    let (n, c, h, w) = (x.shape[0], x.shape[1] / (block * block), x.shape[2], x.shape[3])
    let value = try node.checked(x.channelsLast)
    let split = try node.reshape(
      value, to: isColumnRow ? [n, h, w, c, block, block] : [n, h, w, block, block, c])
    let turned = try node.transpose(split, isColumnRow ? [0, 1, 4, 2, 5, 3] : [0, 1, 3, 2, 4, 5])
    return [LaidOut(try node.reshape(turned, to: [n, h * block, w * block, c]), isChannelsLast: true)]
  }

  /// Blocks of pixels become channels.
  private static func spaceToDepth(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    let block = try node.integer("blocksize", 0)
    guard x.rank == 4, block >= 1, x.shape[2] % block == 0, x.shape[3] % block == 0 else {
      throw ImportError("blocks of \(block) out of \(x.shape)", fix: "give N×C×H×W, both multiples of the block")
    }
    let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2] / block, x.shape[3] / block)
    let isColumnRow = try node.text("mode", "DCR") == "CRD"
    let split = try node.reshape(try node.checked(x.channelsLast), to: [n, h, block, w, block, c])
    let turned = try node.transpose(split, isColumnRow ? [0, 1, 3, 5, 2, 4] : [0, 1, 3, 2, 4, 5])
    return [LaidOut(try node.reshape(turned, to: [n, h, w, block * block * c]), isChannelsLast: true)]
  }
}
