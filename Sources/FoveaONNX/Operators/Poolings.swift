import FoveaCore
import FoveaGraph

extension ONNXOperators {
  static let poolings: [String: Make] = [
    "MaxPool": maxPool, "AveragePool": averagePool, "LpPool": lpPool, "MaxUnpool": maxUnpool,
    "GlobalAveragePool": globalAverage, "GlobalMaxPool": globalMaximum, "GlobalLpPool": globalNorm,
  ]

  private static func slidingWindow(_ node: NodeContext, _ x: Value) throws(ImportError) -> Window {
    guard let size = try node.integers("kernel_shape") else {
      throw ImportError("\(node.node.type) has no kernel_shape", fix: "check the file with onnx.checker")
    }
    return try node.window(size, over: node.lengths(x))
  }

  private static func maxPool(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.image(0)
    let window = try slidingWindow(node, x)
    let y = LaidOut(try node.apply(Op.MaxPool(window), x), isChannelsLast: true)
    guard node.gives(1) else { return [y] }
    var switches = LaidOut(try node.apply(Op.MaxPoolSwitches(window), x), isChannelsLast: true)
    switches.pooledSizes = node.lengths(x)
    switches.kind = .whole
    switches.countsColumnsFirst = try node.integer("storage_order", 0) != 0
    return [y, switches]
  }

  private static func averagePool(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.image(0)
    let counts = try node.integer("count_include_pad", 0) != 0
    let operation = Op.AveragePool(try slidingWindow(node, x), countsPadding: counts)
    return [LaidOut(try node.apply(operation, x), isChannelsLast: true)]
  }

  private static func lpPool(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.image(0)
    let operation = Op.LpPool(try slidingWindow(node, x), power: try node.float("p", 2))
    return [LaidOut(try node.apply(operation, x), isChannelsLast: true)]
  }

  private static func maxUnpool(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.image(0)
    guard let size = try node.integers("kernel_shape"), size.count == x.rank - 2 else {
      throw ImportError("MaxUnpool has no fitting kernel_shape", fix: "check the file with onnx.checker")
    }
    let window = try node.window(size, over: node.lengths(x))
    var sizes: [Int]
    do throws(ShapeError) {
      sizes = try window.input(giving: node.lengths(x), outputPadding: size.map { _ in 0 })
    } catch { throw .mistake(error) }
    guard Shape(sizes).isHoldable else { throw ImportError("unpooling to \(sizes)", fix: "use smaller strides") }
    var counted = sizes
    if node.has(2) {
      sizes = Array(try node.known(2).integers.dropFirst(2))
      guard sizes.count == size.count, sizes.allSatisfy({ $0 >= 1 }), Shape(sizes).isHoldable else {
        throw ImportError("output_shape is \(sizes)", fix: "give a size for each axis")
      }
    }
    let switches = try node.input(1)
    if let pooled = switches.pooledSizes {
      guard pooled == sizes, !switches.countsColumnsFirst else {
        throw .unsupported("unpooling to another size than was pooled")
      }
      return [LaidOut(try node.apply(Op.MaxUnpool(to: sizes), x, switches.value), isChannelsLast: true)]
    }
    // Positions from outside count through the whole tensor of the window's own size.
    guard let positions = node.knownIfAny(1)?.integers, switches.rank == x.rank else {
      throw .unsupported("unpooling to positions that come of no max pooling")
    }
    if Shape(sizes).count < Shape(counted).count { counted = sizes }
    let count = Shape(counted).count
    let places = positions.map { position in
      let place = position < 0 ? -1 : position % count
      guard place >= 0, counted != sizes else { return Int32(truncatingIfNeeded: place) }
      var (rest, moved, step) = (place, 0, 1)
      for axis in counted.indices.reversed() {
        moved += rest % counted[axis] * step
        (rest, step) = (rest / counted[axis], step * sizes[axis])
      }
      return Int32(truncatingIfNeeded: moved)
    }
    let constant = LaidOut(node.builder.constant(Tensor(places, shape: switches.shape)))
    return [LaidOut(try node.apply(Op.MaxUnpool(to: sizes), x, constant.channelsLast), isChannelsLast: true)]
  }

  private static func spatialAxes(_ x: Value) -> [Int] { Array(1..<(x.rank - 1)) }

  private static func globalAverage(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.image(0)
    return [LaidOut(try node.apply(Op.Mean(over: spatialAxes(x), keepingAxes: true), x), isChannelsLast: true)]
  }

  private static func globalMaximum(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.image(0)
    return [LaidOut(try node.apply(Op.Maximum(over: spatialAxes(x), keepingAxes: true), x), isChannelsLast: true)]
  }

  private static func globalNorm(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.image(0)
    let power = try node.float("p", 2)
    guard power > 0 else { throw ImportError("the power of the norm is \(power)", fix: "use a number above 0") }
    let sum = x.absolute.power(power).sum(over: spatialAxes(x), keepingAxes: true)
    return [LaidOut(try node.checked(sum.power(1 / power)), isChannelsLast: true)]
  }
}
