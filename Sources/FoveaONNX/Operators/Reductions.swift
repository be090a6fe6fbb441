import FoveaCore
import FoveaGraph

extension ONNXOperators {
  static let reductions: [String: Make] = [
    "ReduceMean": reduction { $0.mean(over: $1, keepingAxes: true) },
    "ReduceSum": reduction { $0.sum(over: $1, keepingAxes: true) },
    "ReduceMax": reduction { $0.applying(Op.Maximum(over: $1, keepingAxes: true)) },
    "ReduceMin": reduction { -(-$0).applying(Op.Maximum(over: $1, keepingAxes: true)) },
    "ReduceL1": reduction { $0.absolute.sum(over: $1, keepingAxes: true) },
    "ReduceL2": reduction { ($0 * $0).sum(over: $1, keepingAxes: true).squareRoot },
    "ReduceSumSquare": reduction { ($0 * $0).sum(over: $1, keepingAxes: true) },
    "ReduceLogSum": reduction { $0.sum(over: $1, keepingAxes: true).logarithm },
    "ReduceProd": { node throws(ImportError) in
      try reduction(node) { x, axes throws(ImportError) in try product(node, x, over: axes) }
    },
    "ArgMax": position { $0 }, "ArgMin": position { -$0 },
    "ReduceLogSumExp": reduction { x, axes in
      // Shifted by the largest, so that no exponential overflows.
      let largest = x.applying(Op.Maximum(over: axes, keepingAxes: true))
      return (x - largest).exponential.sum(over: axes, keepingAxes: true).logarithm + largest
    },
  ]

  /// The place of the largest number along an axis, the first of equals or the last.
  ///
  /// - Parameter ascending: what is largest where the place is.
  private static func position(_ ascending: @escaping @Sendable (Value) -> Value) -> Make {
    { node throws(ImportError) in
      let x = try node.input(0)
      let axis = try node.axis(try node.integer("axis", 0), rank: x.rank)
      let (place, length) = (x.place(of: axis), x.shape[axis])
      // Places are counted in floats, exact up to here.
      guard length <= 1 << 24 else { throw ImportError("an axis of \(length)", fix: "use at most 2²⁴") }
      let isLast = try node.integer("select_last_index", 0) != 0
      let value = ascending(x.value)
      let isLess = (value.applying(Op.Maximum(over: [place], keepingAxes: true)) - value).applying(Op.Step())
      // The nearer to the end that counts, the larger: 1...length, and 0 for what is not the largest.
      var shape = Shape([Int](repeating: 1, count: x.rank))
      shape[place] = length
      let numbers = (0..<length).map { Float(isLast ? $0 + 1 : length - $0) }
      let ranks = (1 - isLess) * node.builder.constant(Tensor(numbers, shape: shape))
      let best = ranks.applying(Op.Maximum(over: [place], keepingAxes: true))
      let y = x.with(try node.checked(isLast ? best - 1 : Float(length) - best)).meaning(.whole)
      guard try node.integer("keepdims", 1) == 0 else { return [y] }
      return [LaidOut(try node.reshape(y.inOrder, to: x.shape.reduced(over: [axis]))).meaning(.whole)]
    }
  }

  /// - Parameter function: folds the axes to length 1.
  private static func reduction(_ function: @escaping @Sendable (Value, [Int]) -> Value) -> Make {
    { node throws(ImportError) in
      try reduction(node) { x, axes throws(ImportError) in function(x, axes) }
    }
  }

  private static func reduction(
    _ node: NodeContext, _ function: (Value, [Int]) throws(ImportError) -> Value
  ) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    var axes = try node.axes(try node.integers("axes", orInput: 1) ?? [], rank: x.rank)
    if axes.isEmpty {
      if try node.integer("noop_with_empty_axes", 0) != 0 { return [x] }
      axes = Array(0..<x.rank)
    }
    let y = x.with(try node.checked(try function(x.value, axes.map(x.place).sorted())))
    guard try node.integer("keepdims", 1) == 0 else { return [y] }
    return [LaidOut(try node.reshape(y.inOrder, to: x.shape.reduced(over: axes)))]
  }
}
