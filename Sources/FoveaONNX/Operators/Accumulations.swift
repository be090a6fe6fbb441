import FoveaCore
import FoveaGraph

extension ONNXOperators {
  static let accumulations: [String: Make] = ["CumSum": runningSum]

  /// The sum up to each place: twice as many numbers in every step.
  private static func runningSum(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    guard x.rank >= 1, let given = try node.known(1).integers.first else {
      throw ImportError("running sums of \(x.shape)", fix: "give an axis of it")
    }
    let axis = x.place(of: try node.axis(given, rank: x.rank))
    let isBackwards = try node.integer("reverse", 0) != 0
    let length = x.value.shape[axis]
    /// Everything moved by so many places, zeros behind.
    func moved(_ y: Value, by step: Int) throws(ImportError) -> Value {
      guard step < length else { return 0 * y }
      let kept = try node.picking(y, along: axis, start: isBackwards ? step : 0, count: length - step)
      var (before, after) = ([Int](repeating: 0, count: x.rank), [Int](repeating: 0, count: x.rank))
      if isBackwards { after[axis] = step } else { before[axis] = step }
      return try node.apply(Op.Pad(before: before, after: after), kept)
    }
    var y = x.value
    if try node.integer("exclusive", 0) != 0 { y = try moved(y, by: 1) }
    var step = 1
    while step < length {
      y = try node.checked(y + moved(y, by: step))
      step *= 2
    }
    return [x.with(y)]
  }

  /// The product over some axes, kept with length 1: half of an axis times the other half, until one is left.
  static func product(_ node: NodeContext, _ x: Value, over axes: [Int]) throws(ImportError) -> Value {
    var y = x
    for axis in axes {
      while y.shape[axis] > 1 {
        let half = y.shape[axis] / 2
        let first = try node.picking(y, along: axis, start: 0, count: half)
        var next = try node.checked(first * node.picking(y, along: axis, start: half, count: half))
        if y.shape[axis] % 2 == 1 {
          let last = try node.picking(y, along: axis, start: 2 * half, count: 1)
          next = try node.checked(concatenate([next, last], axis: axis))
        }
        y = next
      }
    }
    return y
  }
}
