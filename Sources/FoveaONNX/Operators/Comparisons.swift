import FoveaCore
import FoveaGraph

// Truth values are floats here, 1 and 0.

extension ONNXOperators {
  static let comparisons: [String: Make] = [
    "Equal": answer { $0.compared(.equal, $1) },
    "Less": answer { $0.compared(.less, $1) }, "LessOrEqual": answer { $0.compared(.lessOrEqual, $1) },
    "Greater": answer { $1.compared(.less, $0) }, "GreaterOrEqual": answer { $1.compared(.lessOrEqual, $0) },
    "And": answer { $0 * $1 }, "Or": answer { max($0, $1) }, "Xor": answer { 1 - $0.compared(.equal, $1) },
    "Not": { node throws(ImportError) in try map(node) { 1 - $0 }.map { $0.meaning(.truth) } },
    "IsNaN": { node throws(ImportError) in
      try map(node) { 1 - $0.compared(.equal, $0) }.map { $0.meaning(.truth) }
    },
    "IsInf": isInfinite, "Where": choose,
  ]

  /// What is asked of two numbers.
  private static func answer(_ question: @escaping @Sendable (Value, Value) -> Value) -> Make {
    { node throws(ImportError) in
      let (a, b) = (try node.input(0), try older(node, try node.input(1)))
      return [try combined(node, a, b, question).meaning(.truth)]
    }
  }

  private static func isInfinite(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    func isThis(_ number: Float) -> Value { x.value.compared(.equal, node.builder.constant(Tensor(number))) }
    let negative = try node.integer("detect_negative", 1) != 0
    let positive = try node.integer("detect_positive", 1) != 0
    let y =
      switch (negative, positive) {
      case (true, true): isThis(.infinity) + isThis(-.infinity)
      case (true, false): isThis(-.infinity)
      case (false, true): isThis(.infinity)
      case (false, false): 0 * isThis(.infinity)
      }
    return [x.with(try node.checked(y)).meaning(.truth)]
  }

  /// All three stretch. What is not taken may be anything, infinite too.
  private static func choose(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let condition = try node.input(0)
    let opposite = condition.with(try node.checked(1 - condition.value))
    func kept(_ index: Int, _ mask: LaidOut) throws(ImportError) -> LaidOut {
      try combined(node, try node.input(index), mask) { $0.applying(Op.Mask(), $1) }
    }
    return [try combined(node, try kept(1, condition), try kept(2, opposite)) { $0 + $1 }]
  }
}
