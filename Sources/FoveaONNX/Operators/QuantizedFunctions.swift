import FoveaCore
import FoveaGraph

// ONNX Runtime's operators from whole numbers to whole numbers: those on floats, between scales.

extension ONNXOperators {
  static let quantizedFunctions: [String: Make] = [
    "com.microsoft.QLinearAdd": betweenScales("Add", inputs: 2),
    "com.microsoft.QLinearMul": betweenScales("Mul", inputs: 2),
    "com.microsoft.QLinearLeakyRelu": betweenScales("LeakyRelu"),
    "com.microsoft.QLinearSigmoid": betweenScales("Sigmoid"),
    "com.microsoft.QLinearGlobalAveragePool": quantizedGlobalAverage,
    "com.microsoft.QLinearAveragePool": betweenScales("AveragePool"),
    "com.microsoft.QLinearSoftmax": quantizedSoftmax,
    "com.microsoft.QLinearConcat": quantizedConcatenation, "com.microsoft.QLinearWhere": quantizedChoice,
  ]

  /// Inputs with their scales and zero points, then scale and zero point of the result.
  ///
  /// - Parameters:
  ///   - type: the operator on floats.
  ///   - count: of the inputs that it has.
  private static func betweenScales(_ type: String, inputs count: Int = 1) -> Make {
    { node throws(ImportError) in
      guard try node.integer("channels_last", 0) == 0 else { throw .unsupported("\(node.node.type) of N×H×W×C") }
      var values: [LaidOut] = []
      for input in 0..<count {
        values.append(try node.dequantized(3 * input, scale: 3 * input + 1, zero: 3 * input + 2))
      }
      let y = try node.results(of: type, on: values)[0]
      return [try node.quantized(y, scale: 3 * count, zero: 3 * count + 1)]
    }
  }

  /// The whole numbers are summed, and their number is part of the scale, so that halves round as in ONNX Runtime.
  private static func quantizedGlobalAverage(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    guard try node.integer("channels_last", 0) == 0 else { throw .unsupported("\(node.node.type) of N×H×W×C") }
    let x = try node.image(try node.centered(0, zero: 2))
    let sums = LaidOut(x.sum(over: Array(1..<(x.rank - 1)), keepingAxes: true), isChannelsLast: true)
    let count = Float(x.shape.count / (x.shape[0] * x.channels))
    let target = try node.factor(3, beside: sums, along: 1)
    let step = try combined(node, try node.factor(1, beside: sums, along: 1), target) { $0 / (count * $1) }
    return [try node.rounded(try combined(node, sums, step) { $0 * $1 }, zero: 4)]
  }

  /// The attribute `opset` says whether all axes from one on count together.
  private static func quantizedSoftmax(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    guard (try node.integer("opset", node.opset) < 13) == (node.opset < 13) else {
      throw .unsupported("a softmax of another version than the file's")
    }
    return try betweenScales("Softmax")(node)
  }

  /// Scale and zero point of the result, then those of each input behind it.
  private static func quantizedConcatenation(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    var values: [LaidOut] = []
    for input in stride(from: 2, to: node.inputCount, by: 3) {
      values.append(try node.dequantized(input, scale: input + 1, zero: input + 2))
    }
    guard !values.isEmpty else { throw ImportError("a concatenation of nothing", fix: "give it inputs") }
    return [try node.quantized(try node.results(of: "Concat", on: values)[0], scale: 0, zero: 1)]
  }

  /// A condition, then the two values with scales and zero points.
  private static func quantizedChoice(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let values = [
      try node.input(0), try node.dequantized(1, scale: 2, zero: 3), try node.dequantized(4, scale: 5, zero: 6),
    ]
    return [try node.quantized(try node.results(of: "Where", on: values)[0], scale: 7, zero: 8)]
  }
}
