import FoveaCore
import FoveaGraph

extension NodeContext {
  /// Two values whose axes lie alike, so that the smaller one stretches.
  func aligned(_ a: LaidOut, _ b: LaidOut) throws(ImportError) -> (a: Value, b: Value, isChannelsLast: Bool) {
    let rank = max(a.rank, b.rank)
    let isChannelsLast = [a, b].contains { $0.isChannelsLast && $0.rank == rank }
    func arranged(_ x: LaidOut) throws(ImportError) -> Value {
      guard isChannelsLast else { return try checked(x.inOrder) }
      if x.rank == rank { return try vector(checked(x.channelsLast), beside: x.isChannelsLast) }
      let padded = Shape([Int](repeating: 1, count: rank - x.rank) + x.shape.dimensions)
      return try vector(checked(LaidOut(try reshape(x.inOrder, to: padded)).channelsLast), beside: false)
    }
    return (try arranged(a), try arranged(b), isChannelsLast)
  }

  /// One number for each channel as a row of them: what passes know as a bias or a scale.
  private func vector(_ x: Value, beside isImage: Bool) throws(ImportError) -> Value {
    guard !isImage, x.shape.count == x.channels else { return x }
    return try reshape(x, to: [x.channels])
  }

  /// The number that an input is, if it is one and known now.
  func number(_ index: Int) -> Float? {
    guard has(index), let constant = graph.constant(node.inputs[index]), constant.shape.count == 1 else { return nil }
    return constant.floats.first
  }
}

extension ONNXOperators {
  static let arithmetic: [String: Make] = [
    "Add": pair({ $0 + $1 }, withNumber: { $0 + $1 }),
    "Sub": pair({ $0 - $1 }, withNumber: { $0 - $1 }, fromNumber: { $0 - $1 }),
    "Mul": pair({ $0 * $1 }, withNumber: { $0 * $1 }),
    "Div": divided, "Mod": modulo,
    "Pow": { node throws(ImportError) in
      let y = try power(node)
      // By logarithms, a whole number is met nearly.
      return node.kind(0) == .real ? y : [y[0].with(try node.apply(Op.Round(.nearest), y[0].value))]
    },
    "Sum": several { $0 + $1 }, "Max": several { max($0, $1) }, "Min": several { min($0, $1) },
    "Mean": { node throws(ImportError) in
      let sum = try several { $0 + $1 }(node)
      return [sum[0].with(try node.checked(sum[0].value / Float(node.inputCount)))]
    },
  ]

  /// - Parameters:
  ///   - withNumber: where the second input is a number that is known now.
  ///   - fromNumber: where the first one is, if that is something else.
  private static func pair(
    _ function: @escaping @Sendable (Value, Value) -> Value, withNumber: @escaping @Sendable (Value, Float) -> Value,
    fromNumber: (@Sendable (Float, Value) -> Value)? = nil
  ) -> Make {
    { node throws(ImportError) in
      guard node.inputCount == 2 else { throw ImportError("it has \(node.inputCount) inputs", fix: "give two") }
      if node.has(0), let number = node.number(1), node.number(0) == nil {
        let x = try node.input(0)
        let rank = node.graph.constant(node.node.inputs[1])?.shape.rank ?? 0
        if x.value.elementType.isFloatingPoint, rank <= x.rank {
          return [x.with(try node.checked(withNumber(x.value, number)))]
        }
      }
      if node.has(1), let number = node.number(0), node.number(1) == nil {
        let x = try node.input(1)
        let rank = node.graph.constant(node.node.inputs[0])?.shape.rank ?? 0
        if x.value.elementType.isFloatingPoint, rank <= x.rank {
          let y = fromNumber.map { $0(number, x.value) } ?? withNumber(x.value, number)
          return [x.with(try node.checked(y))]
        }
      }
      return [try combined(node, try node.input(0), try older(node, try node.input(1)), function)]
    }
  }

  /// Whole numbers are cut off towards 0.
  private static func divided(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let quotient = pair({ $0 / $1 }, withNumber: { $0 / $1 }, fromNumber: { $0 * $1.power(-1) })
    guard node.kind(0) != .real, node.kind(1) != .real else { return try quotient(node) }
    let y = try combined(node, try node.input(0), try older(node, try node.input(1)), { $0 / $1 })
    return [y.with(try node.apply(Op.Round(.towardZero), y.value))]
  }

  /// What is left by a division, with the sign of the divisor, or of what is divided.
  private static func modulo(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let isLikeC = try node.integer("fmod", 0) != 0
    let rest = try combined(node, try node.input(0), try node.input(1)) { a, b in
      let quotient = (a / b).applying(Op.Round(.towardZero))
      // Nothing of an infinite divisor is still nothing.
      let rest = a - (quotient * b).applying(Op.Mask(), quotient)
      if isLikeC { return rest }
      return rest + b.applying(Op.Mask(), (rest * b).compared(.less, node.builder.constant(Tensor(0))))
    }
    return [rest]
  }

  /// Before version 7 an attribute said from which axis of the first input the second one stretches.
  static func older(_ node: NodeContext, _ b: LaidOut) throws(ImportError) -> LaidOut {
    guard node.opset < 7, try node.integer("broadcast", 0) != 0 else { return b }
    let rank = try node.input(0).rank
    let axis = try node.integer("axis", rank - b.rank)
    let behind = rank - (axis < 0 ? axis + rank : axis) - b.rank
    guard behind > 0 else { return b }
    return LaidOut(try node.reshape(b.inOrder, to: Shape(b.shape.dimensions + [Int](repeating: 1, count: behind))))
  }

  static func combined(
    _ node: NodeContext, _ a: LaidOut, _ b: LaidOut, _ function: (Value, Value) -> Value
  ) throws(ImportError) -> LaidOut {
    let pair = try node.aligned(a, b)
    return LaidOut(try node.checked(function(pair.a, pair.b)), isChannelsLast: pair.isChannelsLast)
  }

  private static func several(_ function: @escaping @Sendable (Value, Value) -> Value) -> Make {
    { node throws(ImportError) in
      let inputs = try node.inputs()
      var result = inputs[0]
      for next in inputs.dropFirst() { result = try combined(node, result, next, function) }
      return [result]
    }
  }

  private static func power(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    guard let exponents = node.knownIfAny(1)?.floats, let first = exponents.first else {
      throw .unsupported("a power whose exponents depend on the data")
    }
    if exponents.count == 1 { return try map(node) { $0.power(first) } }
    guard exponents.allSatisfy(\.isFinite) else { throw .unsupported("a power with exponents that are not finite") }
    let shape = node.knownIfAny(1)!.shape
    func numbers(_ numbers: [Float]) -> LaidOut { LaidOut(node.builder.constant(Tensor(numbers, shape: shape))) }
    let x = try node.input(0)
    let pair = try node.aligned(x, numbers(exponents))
    // xᵖ = e^(p · log x), not a number where x is negative; with whole exponents ±e^(p · log |x|), the sign that of x where
    // p is odd.
    guard exponents.allSatisfy({ $0 == $0.rounded() }) else {
      let y = (pair.b * pair.a.logarithm).exponential
      return [LaidOut(try node.checked(y), isChannelsLast: pair.isChannelsLast)]
    }
    let odd = numbers(exponents.map { $0.truncatingRemainder(dividingBy: 2) == 0 ? 0 : 1 })
    let signs = try node.aligned(x, odd)
    let sign = signs.b * (signs.a.applying(Op.Sign()) - 1) + 1
    // 0⁰ is 1: the logarithm of 0 must not be infinite.
    let size = pair.a.absolute.clamped(.leastNormalMagnitude, .infinity)
    let y = (pair.b * size.logarithm).exponential * sign
    return [LaidOut(try node.checked(y), isChannelsLast: pair.isChannelsLast)]
  }
}
