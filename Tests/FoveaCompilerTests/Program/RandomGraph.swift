import FoveaCore
import FoveaGraph

/// Small networks of every kind of connection that plans must get right: chains, sums over a shortcut, branches side by
/// side, views, normalisation, dropout; in training with gradients and the steps of an optimizer.
struct RandomGraph {
  private let random: RandomStream
  private var drawn = 0
  private var named = 0

  init(seed: Int) { random = RandomStream(seed: UInt64(seed), stream: RandomStream.identifier(of: "graphs")) }

  private mutating func integer(below bound: Int) -> Int {
    drawn += 1
    return random.integer(drawn, below: bound)
  }

  private mutating func name(_ kind: String) -> String {
    named += 1
    return "\(kind)\(named)"
  }

  mutating func build(isTraining: Bool) throws -> Graph {
    let builder = GraphBuilder(isTraining: isTraining)
    let sizes = [3, 4, 5, 6, 8]
    let shape: Shape = [
      1 + integer(below: 3), sizes[integer(below: 5)], sizes[integer(below: 5)], [1, 3, 16, 17][integer(below: 4)],
    ]
    let input = builder.input("x", shape: shape)
    var x = input
    for _ in 0..<(2 + integer(below: 5)) {
      x = block(x)
      if integer(below: 8) == 0 { builder.output(name("features"), x) }
    }
    let isFlat = integer(below: 2) == 0
    let row = isFlat ? x.reshaped(to: [x.shape[0], x.shape.count / x.shape[0]]) : x.applying(Op.Mean(over: [1, 2]))
    let scores = matmul(row, weights(row, [row.channels, 5])) + bias(row, 5)
    builder.output("scores", scores)
    if integer(below: 4) == 0 { builder.output("same scores", scores) }
    if integer(below: 4) == 0 { builder.output("input", input) }
    if integer(below: 4) == 0 { builder.output("part of the input", part(of: input)) }
    let parameters = builder.graph.parameters
    let some = builder.value(of: parameters[integer(below: parameters.count)].node)
    if integer(below: 4) == 0 { builder.output("parameter", some) }
    if integer(below: 4) == 0 { builder.output("parameter in a row", some.reshaped(to: [some.shape.count])) }
    if isTraining { train(scores) }
    return try builder.finish()
  }

  /// Cross-entropy, gradients, and descent with momentum.
  private mutating func train(_ scores: Value) {
    let builder = scores.builder
    let labels = builder.input("labels", shape: [scores.shape[0]], elementType: .int32)
    let loss = scores.applying(Op.CrossEntropy(), labels).applying(Op.Mean(over: [0]))
    builder.output("loss", loss)
    let variables = builder.graph.parameters.filter(\.parameter.isTrainable).map { builder.value(of: $0.node) }
    let rate = builder.input("rate", shape: [])
    for (w, gradient) in zip(variables, gradients(of: loss, withRespectTo: variables)) {
      guard let gradient else { continue }
      let velocity = w.parameter(name("velocity"), shape: w.shape, .zeros, isTrainable: false)
      let next = velocity.applying(Op.LinearCombination([0.9, 1]), gradient)
      next.update(velocity)
      w.applying(Op.Descend(), next, rate).update(w)
    }
  }

  private mutating func block(_ x: Value) -> Value {
    switch integer(below: 13) {
    case 0, 1: return activated(convolution(x))
    case 2, 3: return activated(x + convolution(x, filters: x.channels))
    case 4:
      let y = convolution(x)
      return activated(convolution(x, filters: y.channels) + y)
    case 5: return concatenate([convolution(x), x, activated(x)])
    case 6: return activated(normalized(convolution(x)))
    case 7: return activated(x + normalized(convolution(x, filters: x.channels)))
    case 8: return pooled(x)
    case 9 where x.isTraining:
      return x.applying(Op.Dropout(rate: 0.3, stream: UInt32(integer(below: 1000))), x.builder.randomState)
    case 10: return x * x.applying(Op.Sigmoid())
    case 11: return part(of: x)
    default: return moved(x)
    }
  }

  private mutating func weights(_ x: Value, _ shape: Shape) -> Value {
    x.parameter(name("weights"), shape: shape, .heNormal)
  }

  private mutating func bias(_ x: Value, _ channels: Int) -> Value {
    x.parameter(name("bias"), shape: [channels], .zeros)
  }

  private mutating func convolution(_ x: Value, filters: Int? = nil) -> Value {
    let filters = filters ?? [2, 3, 16, 17][integer(below: 4)]
    let side = [1, 3][integer(below: 2)]
    let y = x.applying(
      Op.Convolution(Window(size: [side, side], padding: .same)), weights(x, [side, side, x.channels, filters]))
    return integer(below: 2) == 0 ? y + bias(y, filters) : y
  }

  private mutating func activated(_ x: Value) -> Value {
    switch integer(below: 4) {
    case 0: x.applying(Op.ReLU())
    case 1: x.applying(Op.Tanh())
    case 2: x.applying(Op.Sigmoid())
    default: x
    }
  }

  private mutating func normalized(_ x: Value) -> Value {
    let (scale, shift) = (x.parameter(name("scale"), shape: [x.channels], .constant(1)), bias(x, x.channels))
    let running = x.parameter(name("moments"), shape: [2, x.channels], .constant(1), isTrainable: false)
    guard x.isTraining else { return x.applying(Op.BatchNormalize(epsilon: 1e-2), running, scale, shift) }
    running.applying(Op.LinearCombination([0.9, 0.1]), x.applying(Op.BatchMoments())).update(running)
    return x.applying(Op.BatchNorm(epsilon: 1e-2), scale, shift)
  }

  private mutating func pooled(_ x: Value) -> Value {
    let window = Window(size: [2, 2], padding: .same)
    return integer(below: 2) == 0 ? x.applying(Op.MaxPool(window)) : x.applying(Op.AveragePool(window))
  }

  /// Some channels, or some rows: a view.
  private mutating func part(of x: Value) -> Value {
    let axis = [1, 3][integer(below: 2)]
    guard x.shape[axis] > 2 else { return x }
    var (start, size) = ([0, 0, 0, 0], x.shape.dimensions)
    start[axis] = integer(below: 2)
    size[axis] -= 1 + integer(below: 2) * (1 - start[axis])
    size[axis] -= start[axis] == 1 && size[axis] == x.shape[axis] ? 1 : 0
    return x.applying(Op.Slice(from: start, size: size))
  }

  /// Height and width exchanged, or a border: the one is a view, the other is not.
  private mutating func moved(_ x: Value) -> Value {
    if integer(below: 2) == 0 { return x.applying(Op.Transpose([0, 2, 1, 3])) }
    return x.applying(Op.Pad(before: [0, 1, 0, 0], after: [0, 0, 1, 1]))
  }
}
