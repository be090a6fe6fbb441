import FoveaCore
import FoveaGraph

/// A box of a tensor: a range along each axis. Where it leaves the tensor it lies on padding.
struct Box: Equatable {
  var ranges: [Range<Int>]

  init(_ ranges: [Range<Int>]) { self.ranges = ranges }
  /// One element.
  init(_ position: [Int]) { ranges = position.map { $0..<($0 + 1) } }
  init(all shape: Shape) { ranges = shape.dimensions.map { 0..<$0 } }

  var isEmpty: Bool { ranges.contains(where: \.isEmpty) }

  /// The smallest box that holds both.
  func union(_ other: Box) -> Box {
    Box(zip(ranges, other.ranges).map { min($0.lowerBound, $1.lowerBound)..<max($0.upperBound, $1.upperBound) })
  }

  /// What of it lies in a tensor of this shape.
  func clipped(to shape: Shape) -> Box { Box(zip(ranges, shape.dimensions).map { $0.clamped(to: 0..<$1) }) }
}

/// An operation that says what its results depend on. One that is pointwise need not say it; of others without this,
/// every result counts as depending on everything.
protocol FieldRule: Operation {
  /// The box of the operand that `box` of the result depends on.
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> Box
}

extension Graph {
  /// The box of the input that an element depends on; `nil` if it depends on none.
  func field(of target: NodeID, at position: [Int]) -> (input: Node, box: Box)? {
    var boxes: [NodeID: Box] = [target: Box(position)]
    for id in (0...target).reversed() {
      guard let box = boxes[id], !box.isEmpty else { continue }
      let node = nodes[id]
      if let input = node.operation as? Op.Input, input.name == "input" { return (node, box) }
      let shapes = node.inputs.map { nodes[$0].shape }
      for (index, source) in node.inputs.enumerated() {
        let seen = seen(by: box, node, operand: index, of: shapes)
        boxes[source] = boxes[source].map { $0.isEmpty ? seen : seen.isEmpty ? $0 : $0.union(seen) } ?? seen
      }
    }
    return nil
  }

  private func seen(by box: Box, _ node: Node, operand: Int, of shapes: [Shape]) -> Box {
    if let rule = node.operation as? any FieldRule {
      return rule.seen(by: box, operand: operand, of: shapes, result: node.shape)
    }
    guard node.operation is any PointwiseOperation else { return Box(all: shapes[operand]) }
    return box.stretched(to: shapes[operand])
  }
}

extension Box {
  /// Of an operand that stretches to the result: axes of 1 are seen by all.
  func stretched(to operand: Shape) -> Box {
    Box(zip(operand.dimensions, ranges.suffix(operand.rank)).map { $0 == 1 ? 0..<1 : $1 })
  }
}
