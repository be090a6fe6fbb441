import FoveaCore
import FoveaGraph

extension ONNXOperators {
  static let softmaxes: [String: Make] = [
    "Softmax": softmax { $0.applying(Op.Softmax()) }, "LogSoftmax": softmax { $0.applying(Op.LogSoftmax()) },
  ]

  /// - Parameter function: along the last axis.
  private static func softmax(_ function: @escaping @Sendable (Value) -> Value) -> Make {
    { node throws(ImportError) in
      let x = try node.input(0)
      guard x.rank >= 1 else { throw ImportError("a softmax of one number", fix: "give it an axis") }
      let axis = try node.axis(try node.integer("axis", node.opset < 13 ? 1 : -1), rank: x.rank)
      if node.opset < 13 {
        // All axes from this one on count together.
        let sizes = x.shape.dimensions
        let shape: Shape = [Shape(Array(sizes[..<axis])).count, Shape(Array(sizes[axis...])).count]
        let y = try node.checked(function(try node.reshape(x.inOrder, to: shape)))
        return [LaidOut(try node.reshape(y, to: x.shape))]
      }
      let (place, rank) = (x.place(of: axis), x.rank)
      guard place != rank - 1 else { return [x.with(try node.checked(function(x.value)))] }
      var order = Array(0..<rank)
      order.swapAt(place, rank - 1)
      let y = try node.checked(function(try node.transpose(x.value, order)))
      return [x.with(try node.transpose(y, order))]
    }
  }
}
