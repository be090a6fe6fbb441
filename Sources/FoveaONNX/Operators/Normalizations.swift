import FoveaCore
import FoveaGraph
import FoveaLayers

extension ONNXOperators {
  static let normalizations: [String: Make] = [
    "BatchNormalization": batchNorm, "InstanceNormalization": instanceNorm, "GroupNormalization": groupNorm,
    "LayerNormalization": layerNorm, "RMSNormalization": rootMeanSquareNorm, "LRN": localResponseNorm,
    "MeanVarianceNormalization": meanVarianceNorm,
    "LpNormalization": lpNorm, "Dropout": dropout,
  ]

  /// A row of numbers, one for each channel.
  private static func row(_ node: NodeContext, _ value: LaidOut, _ channels: Int) throws(ImportError) -> Value {
    guard value.shape.count == channels else {
      throw ImportError("\(value.shape) for \(channels) channels", fix: "give one number for each")
    }
    return try node.reshape(value.inOrder, to: [channels])
  }

  private static func batchNorm(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let input = try node.input(0)
    guard input.rank >= 2, input.rank <= 5 else {
      throw ImportError("batch normalisation of \(input.shape)", fix: "give it N×C×spatial…")
    }
    if node.opset < 9, try node.integer("spatial", 1) == 0 {
      throw .unsupported("batch normalisation of each position")
    }
    let x = try node.checked(input.channelsLast)
    let epsilon = try node.float("epsilon", 1e-5)
    let momentum = try node.float("momentum", 0.9)
    guard epsilon >= 0, (0...1).contains(momentum) else {
      throw ImportError("epsilon is \(epsilon), the momentum \(momentum)", fix: "use 0 or more, and 0...1")
    }
    let scale = try row(node, try node.input(1), x.channels)
    let bias = try row(node, try node.input(2), x.channels)
    let (mean, variance) = (try node.untrained(3), try node.untrained(4))
    let rows = [try row(node, mean, x.channels), try row(node, variance, x.channels)]
    func laidOut(_ y: Value) -> LaidOut { LaidOut(y, isChannelsLast: input.rank > 2) }

    if try node.integer("training_mode", 0) != 0 {
      let moments = try node.apply(Op.BatchMoments(), x)
      let y = try node.apply(Op.BatchNorm(epsilon: epsilon), x, scale, bias)
      let averages = (0..<2).map { index in
        rows[index].applying(Op.LinearCombination([momentum, 1 - momentum]), moments.row(index))
      }
      return [laidOut(y)] + averages.map { LaidOut($0) }
    }
    if node.isTraining, graphHoldsParameter(mean), graphHoldsParameter(variance) {
      let moments = try node.apply(Op.BatchMoments(), x)
      let count = x.shape.count / x.channels
      let unbiased = Float(count) / Float(max(count - 1, 1))
      for (index, (average, factor)) in [(mean, Float(1)), (variance, unbiased)].enumerated() {
        let mixed = average.value.applying(
          Op.LinearCombination([momentum, (1 - momentum) * factor]), moments.row(index))
        mixed.update(average.value)
      }
      return [laidOut(try node.apply(Op.BatchNorm(epsilon: epsilon), x, scale, bias))]
    }
    let moments = concatenate(rows.map { $0.reshaped(to: [1, x.channels]) }, axis: 0)
    return [laidOut(try node.apply(Op.BatchNormalize(epsilon: epsilon), x, moments, scale, bias))]
  }

  private static func graphHoldsParameter(_ value: LaidOut) -> Bool {
    guard let id = value.value.node else { return false }
    return value.value.builder.graph.nodes[id].operation is Op.Parameter
  }

  private static func instanceNorm(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.image(0)
    let scale = try row(node, try node.input(1), x.channels)
    let bias = try row(node, try node.input(2), x.channels)
    let operation = Op.GroupNorm(groups: x.channels, epsilon: try node.float("epsilon", 1e-5))
    return [LaidOut(try node.apply(operation, x, scale, bias), isChannelsLast: true)]
  }

  private static func groupNorm(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.image(0)
    let groups = try node.integer("num_groups", 0)
    guard groups >= 1, x.channels % groups == 0 else {
      throw ImportError("\(groups) groups of \(x.channels) channels", fix: "use a divisor of \(x.channels)")
    }
    /// Before version 21 there is one number for each group.
    func factors(_ index: Int) throws(ImportError) -> Value {
      let value = try node.input(index)
      guard node.opset < 21, groups != x.channels else { return try row(node, value, x.channels) }
      let column = try node.reshape(try row(node, value, groups), to: [groups, 1])
      let stretched = try node.apply(Op.Broadcast(to: [groups, x.channels / groups]), column)
      return try node.reshape(stretched, to: [x.channels])
    }
    let operation = Op.GroupNorm(groups: groups, epsilon: try node.float("epsilon", 1e-5))
    return [LaidOut(try node.apply(operation, x, try factors(1), try factors(2)), isChannelsLast: true)]
  }

  private static func layerNorm(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let input = try node.input(0)
    let axis = try node.axis(try node.integer("axis", -1), rank: input.rank)
    let sizes = input.shape.dimensions
    let (outer, inner) = (Shape(Array(sizes[..<axis])).count, Shape(Array(sizes[axis...])).count)
    let x = try node.reshape(input.inOrder, to: [outer, inner])
    /// Stretched to what is normalised together.
    func factors(_ index: Int, _ standard: Float) throws(ImportError) -> Value {
      guard node.has(index) else {
        return node.builder.constant(Tensor([Float](repeating: standard, count: inner), shape: [inner]))
      }
      let value = try node.input(index)
      let shape = Shape(Array(sizes[axis...]))
      guard value.shape.broadcast(with: shape) == shape else {
        throw ImportError("\(value.shape) for what is normalised together, \(shape)", fix: "use that shape")
      }
      let stretched = value.shape == shape ? value.inOrder : try node.apply(Op.Broadcast(to: shape), value.inOrder)
      return try node.reshape(stretched, to: [inner])
    }
    let epsilon = try node.float("epsilon", 1e-5)
    let y = try node.apply(Op.GroupNorm(groups: 1, epsilon: epsilon), x, try factors(1, 1), try factors(2, 0))
    var results = [LaidOut(try node.reshape(y, to: input.shape))]
    guard node.gives(1) || node.gives(2) else { return results }
    let kept = Shape(Array(sizes[..<axis]) + sizes[axis...].map { _ in 1 })
    let mean = x.mean(over: [1], keepingAxes: true)
    let centered = x - mean
    let variance = (centered * centered).mean(over: [1], keepingAxes: true)
    results.append(LaidOut(try node.reshape(mean, to: kept)))
    let deviation = try node.apply(Op.ReciprocalSquareRoot(epsilon: epsilon), variance)
    results.append(LaidOut(try node.reshape(deviation, to: kept)))
    return results
  }

  private static func rootMeanSquareNorm(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let input = try node.input(0)
    let axes = try node.axis(try node.integer("axis", -1), rank: input.rank)..<input.rank
    let x = try node.checked(input.inOrder)
    let square = (x * x).mean(over: Array(axes), keepingAxes: true)
    let size = try node.apply(Op.ReciprocalSquareRoot(epsilon: try node.float("epsilon", 1e-5)), square)
    return [LaidOut(try node.checked(x * size * node.input(1).inOrder))]
  }

  private static func localResponseNorm(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.image(0)
    let size = try node.integer("size", 0)
    guard (1...(1 << 24)).contains(size) else {
      throw ImportError("a window of \(size) channels", fix: "use 1 or more")
    }
    let operation = Op.LocalResponseNorm(
      size: size, alpha: try node.float("alpha", 1e-4) / Float(size), beta: try node.float("beta", 0.75),
      k: try node.float("bias", 1))
    guard size % 2 == 0, x.channels <= SparseMatrix.longest else {
      return [LaidOut(try node.apply(operation, x), isChannelsLast: true)]
    }
    // An even window has its odd channel after the middle, ours before it.
    let turn = Op.SparseMap(along: x.rank - 1, SparseMatrix(gathering: (0..<x.channels).reversed(), of: x.channels))
    return [LaidOut(try node.apply(turn, try node.apply(operation, try node.apply(turn, x))), isChannelsLast: true)]
  }

  private static func meanVarianceNorm(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let input = try node.input(0)
    let axes = try node.axes(try node.integers("axes") ?? [0, 2, 3], rank: input.rank).map(input.place)
    let x = input.value
    let centered = x - x.mean(over: axes, keepingAxes: true)
    let variance = (centered * centered).mean(over: axes, keepingAxes: true)
    return [input.with(try node.checked(centered / (variance.squareRoot + 1e-9)))]
  }

  private static func lpNorm(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let input = try node.input(0)
    let axis = input.place(of: try node.axis(try node.integer("axis", -1), rank: input.rank))
    let power = try node.float("p", 2)
    guard power == 1 || power == 2 else { throw ImportError("p is \(power)", fix: "use 1 or 2") }
    let x = input.value
    let norm = x.absolute.power(power).sum(over: [axis], keepingAxes: true).power(1 / power)
    // A row of zeros stays one.
    return [input.with(try node.checked(x / max(norm, node.builder.constant(Tensor(Float.leastNormalMagnitude)))))]
  }

  private static func dropout(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    let ratio = node.has(1) ? try node.known(1).floats.first ?? 0.5 : try node.float("ratio", 0.5)
    if node.has(2), try node.known(2).integers.first != 0, ratio != 0 {
      throw .unsupported("a dropout that always drops")
    }
    let y = x.with(try node.checked(Dropout(ratio).forward(x.value)))
    guard node.gives(1), !node.isTraining else { return [y] }
    // The mask: everything is kept.
    return [y, x.with(try node.apply(Op.Broadcast(to: x.value.shape), node.builder.constant(Tensor(1))))]
  }
}
