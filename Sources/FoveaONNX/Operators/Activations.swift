import FoveaCore
import FoveaGraph
import FoveaLayers

extension ONNXOperators {
  static let activations: [String: Make] = [
    "Relu": each { $0.applying(Op.ReLU()) },
    "Sigmoid": each { $0.applying(Op.Sigmoid()) },
    "Tanh": each { $0.applying(Op.Tanh()) },
    "Softplus": each { $0.applying(Op.Softplus()) },
    "Softsign": each { $0 / ($0.absolute + 1) },
    "Mish": each { Mish().forward($0) },
    "HardSwish": each { $0 * (1 / 6 * $0 + 0.5).clamped(0, 1) },
    "Selu": { node throws(ImportError) in
      let (alpha, gamma) = (try node.float("alpha", SELU.alpha), try node.float("gamma", SELU.scale))
      return try map(node) { gamma * ELU(alpha: alpha).forward($0) }
    },
    "Elu": { node throws(ImportError) in
      let alpha = try node.float("alpha", 1)
      return try map(node) { ELU(alpha: alpha).forward($0) }
    },
    "Celu": { node throws(ImportError) in
      let alpha = try node.float("alpha", 1)
      return try map(node) { CELU(alpha: alpha).forward($0) }
    },
    "LeakyRelu": { node throws(ImportError) in
      let slope = try node.float("alpha", 0.01)
      return try map(node) { $0.applying(Op.ReLU()) - slope * (-$0).applying(Op.ReLU()) }
    },
    "ThresholdedRelu": { node throws(ImportError) in
      let threshold = try node.float("alpha", 1)
      return try map(node) { $0 * ($0 - threshold).applying(Op.Step()) }
    },
    "HardSigmoid": { node throws(ImportError) in
      let (slope, offset) = (try node.float("alpha", 0.2), try node.float("beta", 0.5))
      return try map(node) { (slope * $0 + offset).clamped(0, 1) }
    },
    "Shrink": { node throws(ImportError) in
      let (bias, bound) = (try node.float("bias", 0), try node.float("lambd", 0.5))
      return try map(node) {
        ($0 - bias) * ($0 - bound).applying(Op.Step()) + ($0 + bias) * (-$0 - bound).applying(Op.Step())
      }
    },
    "Swish": { node throws(ImportError) in
      let slope = try node.float("alpha", 1)
      return try map(node) { $0 * (slope * $0).applying(Op.Sigmoid()) }
    },
    "Gelu": { node throws(ImportError) in
      let form = try node.text("approximate", "none")
      return try map(node) { GELU(form == "tanh" ? .tanh : .exact).forward($0) }
    },
    "Clip": clip, "PRelu": parametricReLU,
    "Exp": each { $0.exponential }, "Log": each { $0.logarithm }, "Sqrt": each { $0.squareRoot },
    "Abs": each { $0.absolute }, "Neg": each { -$0 }, "Reciprocal": each { $0.power(-1) },
    "Sign": each { $0.applying(Op.Sign()) }, "Erf": each { $0.applying(Op.ErrorFunction()) },
    "Sinh": each { 0.5 * ($0.exponential - (-$0).exponential) },
    "Cosh": each { 0.5 * ($0.exponential + (-$0).exponential) },
    "Identity": { node throws(ImportError) in [try node.input(0)] },
  ]

  /// A function of each number alone.
  static func each(_ function: @escaping @Sendable (Value) -> Value) -> Make {
    { node throws(ImportError) in try map(node, function) }
  }

  static func map(_ node: NodeContext, _ function: (Value) -> Value) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    return [x.with(try node.checked(function(x.value)))]
  }

  private static func clip(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    func bound(_ name: String, _ index: Int, _ standard: Float) throws(ImportError) -> Float? {
      if node.node.attributes[name] != nil { return try node.float(name, standard) }
      guard node.has(index) else { return standard }
      return node.knownIfAny(index)?.floats.first
    }
    if let lower = try bound("min", 1, -.infinity), let upper = try bound("max", 2, .infinity) {
      // Above an upper bound that is below the lower one, everything is the upper one.
      return [x.with(try node.checked(x.value.clamped(min(lower, upper), upper)))]
    }
    var y = x.value
    if node.has(1) { y = max(y, try node.reshape(try node.input(1).inOrder, to: [])) }
    if node.has(2) { y = min(y, try node.reshape(try node.input(2).inOrder, to: [])) }
    return [x.with(try node.checked(y))]
  }

  private static func parametricReLU(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    var slopes = try node.input(1)
    if node.opset < 7, slopes.rank == 1, x.rank > 2 {  // one for each channel
      let shape = Shape([slopes.shape[0]] + [Int](repeating: 1, count: x.rank - 2))
      slopes = LaidOut(try node.reshape(slopes.inOrder, to: shape))
    }
    let pair = try node.aligned(x, slopes)
    let (value, slope) = (pair.a, pair.b)
    let y = value.applying(Op.ReLU()) - slope * (-value).applying(Op.ReLU())
    return [LaidOut(try node.checked(y), isChannelsLast: pair.isChannelsLast)]
  }
}
