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
    "ReduceLogSumExp": reduction { x, axes in
      // Shifted by the largest, so that no exponential overflows.
      let largest = x.applying(Op.Maximum(over: axes, keepingAxes: true))
      return (x - largest).exponential.sum(over: axes, keepingAxes: true).logarithm + largest
    },
  ]

  /// - Parameter function: folds the axes to length 1.
  private static func reduction(_ function: @escaping @Sendable (Value, [Int]) -> Value) -> Make {
    { node throws(ImportError) in
      let x = try node.input(0)
      var axes = try node.axes(try node.integers("axes", orInput: 1) ?? [], rank: x.rank)
      if axes.isEmpty {
        if try node.integer("noop_with_empty_axes", 0) != 0 { return [x] }
        axes = Array(0..<x.rank)
      }
      let y = x.with(try node.checked(function(x.value, axes.map(x.place).sorted())))
      guard try node.integer("keepdims", 1) == 0 else { return [y] }
      return [LaidOut(try node.reshape(y.inOrder, to: x.shape.reduced(over: axes)))]
    }
  }
}
