import FoveaCore
import FoveaGraph

/// An operation that says what its results depend on. One that is pointwise need not say it; of others without this,
/// every result counts as depending on everything.
protocol FieldRule: Operation {
  /// What of the operand `box` of the result depends on. Positions outside of the operand may be among it: padding.
  func seen(by box: Box, operand: Int, of shapes: [Shape], result: Shape) -> [Box]
}

extension Graph {
  /// What of the input an element depends on; positions outside of the input lie on padding. Without an input that it
  /// depends on, `nil`.
  func dependence(of target: NodeID, at position: [Int]) -> (input: Node, boxes: [Box])? {
    let depends = dependsOnInput
    var seen: [NodeID: Boxes] = [:]
    seen[target, default: Boxes()].insert(Box(position))
    for id in (0...target).reversed() {
      guard let boxes = seen.removeValue(forKey: id) else { continue }
      let node = nodes[id]
      if let input = node.operation as? Op.Input {
        guard input.name == "input" else { continue }
        return (node, boxes.list)
      }
      let shapes = node.inputs.map { nodes[$0].shape }
      for box in boxes.list {
        for (index, source) in node.inputs.enumerated() where depends[source] {
          for part in self.seen(by: box, node, operand: index, of: shapes) {
            let inside = part.clipped(to: shapes[index])
            guard !inside.isEmpty else { continue }
            // Only around the input itself is padding a part of the picture.
            seen[source, default: Boxes()].insert(nodes[source].operation is Op.Input ? part : inside)
          }
        }
      }
    }
    return nil
  }

  /// Of each node, whether it is computed from an input, and not from parameters and constants alone.
  var dependsOnInput: [Bool] {
    var depends: [Bool] = []
    for node in nodes { depends.append(node.operation is Op.Input || node.inputs.contains { depends[$0] }) }
    return depends
  }

  private func seen(by box: Box, _ node: Node, operand: Int, of shapes: [Shape]) -> [Box] {
    if let rule = node.operation as? any FieldRule {
      return rule.seen(by: box, operand: operand, of: shapes, result: node.shape)
    }
    guard node.operation is any PointwiseOperation else { return [Box(all: shapes[operand])] }
    return [box.stretched(to: shapes[operand])]
  }
}
