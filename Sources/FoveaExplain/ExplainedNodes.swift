import FoveaGraph
import FoveaReference

/// Which nodes take part in explaining a node: those inside its layer, and those whose numbers must be known.
struct ExplainedNodes {
  /// The node, and what it is computed from by the same layer.
  private(set) var inside: Set<Graph.NodeID> = []
  /// The nodes whose numbers a program must give.
  private(set) var needed: Set<Graph.NodeID> = []
  /// The inputs, parameters and constants that are read.
  private(set) var sources: Set<Graph.NodeID> = []

  init(of target: Graph.NodeID, in graph: Graph) {
    let path = graph.nodes[target].path
    var waiting = [target]
    while let id = waiting.popLast() {
      guard inside.insert(id).inserted else { continue }
      let node = graph.nodes[id]
      if node.operation is any Source {
        sources.insert(id)
        continue
      }
      // What cannot be taken apart keeps the program's value.
      if !Self.isExplainable(node.operation) { needed.insert(id) }
      for input in node.inputs {
        let source = graph.nodes[input]
        if source.operation is any Source {
          sources.insert(input)
        } else if source.path == path {
          waiting.append(input)
          // Read as a whole: the program is faster than the terms of every element.
          if !Self.isPointwise(node.operation) { needed.insert(input) }
        } else {
          needed.insert(input)
        }
      }
    }
  }

  private static func isPointwise(_ operation: any Operation) -> Bool {
    operation is any PointwiseOperation || operation is any ExplainedMove
  }

  private static func isExplainable(_ operation: any Operation) -> Bool {
    operation is any Explainable || operation is any PointwiseOperation & ReferenceKernel
  }
}
