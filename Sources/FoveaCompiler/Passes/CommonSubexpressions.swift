import FoveaCore
public import FoveaGraph

/// Computes once what several nodes compute: the same operation on the same inputs.
public struct CommonSubexpressions: Pass {
  public init() {}

  private struct Expression: Hashable {
    let operation: AnyHashable
    let inputs: [Graph.NodeID]
    let elementType: ElementType
  }

  public func run(on graph: inout Graph) {
    var known: [Expression: Graph.NodeID] = [:]
    graph.rewrite { graph, node, _ in
      // a + b and b + a are the same, to the bit.
      let commutes = node.operation is Op.Add || node.operation is Op.Multiply
      let expression = Expression(
        operation: AnyHashable(node.operation), inputs: commutes ? node.inputs.sorted() : node.inputs,
        elementType: node.elementType)
      if let first = known[expression] { return first }
      let new = graph.add(node)
      known[expression] = new
      return new
    }
  }
}
