import FoveaCore

extension Graph {
  /// A graph that is being rewritten: the nodes so far.
  package struct Rewriting {
    /// As rewritten so far.
    package private(set) var nodes: [Node] = []
    /// For each node of the old graph that has been visited, the node that took its place.
    package fileprivate(set) var position: [NodeID] = []

    /// Adds a node; its shape and element type follow from the operation.
    package mutating func add(_ operation: some Operation, _ inputs: NodeID..., path: String) -> NodeID {
      do {
        let shape = try operation.outputShape(for: inputs.map { nodes[$0].shape })
        let type = try operation.elementType(for: inputs.map { nodes[$0].elementType })
        return add(Node(operation, inputs: inputs, shape: shape, elementType: type, path: path))
      } catch { preconditionFailure("a pass made a node that does not fit: \(error)") }
    }

    package mutating func add(_ node: Node) -> NodeID {
      nodes.append(node)
      return nodes.count - 1
    }
  }

  /// Goes through the nodes in their order, puts another in the place of each, and removes what is no longer needed.
  ///
  /// - Parameter replacement: gets a node that already reads the rewritten inputs, and its old position; gives the
  ///   node that takes its place, one of the rewritten nodes or a new one, or `nil` to leave it as it is.
  package mutating func rewrite(_ replacement: (inout Rewriting, Node, NodeID) -> NodeID?) {
    var rewriting = Rewriting()
    for (id, var node) in nodes.enumerated() {
      node.inputs = node.inputs.map { rewriting.position[$0] }
      let new = replacement(&rewriting, node, id) ?? rewriting.add(node)
      precondition(
        rewriting.nodes[new].shape == node.shape && rewriting.nodes[new].elementType == node.elementType,
        "\(node.operation) was replaced by something of another shape or type")
      rewriting.position.append(new)
    }
    nodes = rewriting.nodes
    for i in outputs.indices { outputs[i].node = rewriting.position[outputs[i].node] }
    for i in updates.indices {
      updates[i].parameter = rewriting.position[updates[i].parameter]
      updates[i].value = rewriting.position[updates[i].value]
    }
    removeDeadNodes()
  }
}
