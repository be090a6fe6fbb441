public import FoveaCore

/// A computation: nodes in an order in which every node comes after its inputs.
public struct Graph: Sendable {
  /// The position of a node in `nodes`.
  public typealias NodeID = Int

  /// One operation on the results of earlier nodes. Every node has one result.
  public struct Node: Sendable {
    public var operation: any Operation
    public var inputs: [NodeID]
    public var shape: Shape
    public var elementType: ElementType
    /// The path of the layer that asked for it.
    public var path: String
    /// Whether it waits for its turn in the order of the nodes, where it could run long before its result is read.
    package var waits = false

    package init(
      _ operation: any Operation, inputs: [NodeID], shape: Shape, elementType: ElementType, path: String
    ) {
      (self.operation, self.inputs, self.shape) = (operation, inputs, shape)
      (self.elementType, self.path) = (elementType, path)
    }
  }

  public struct Output: Sendable {
    public let name: String
    public var node: NodeID

    package init(name: String, node: NodeID) { (self.name, self.node) = (name, node) }
  }

  /// After a run, the parameter holds the value: running statistics, optimizer steps.
  public struct Update: Sendable {
    public var parameter: NodeID
    public var value: NodeID
  }

  public var nodes: [Node] = []
  public var outputs: [Output] = []
  public var updates: [Update] = []

  public init() {}

  /// The nodes whose results leave the graph.
  package var roots: [NodeID] { outputs.map(\.node) + updates.map(\.value) }

  /// The nodes that hold parameters, in the order in which the model asked for them.
  public var parameters: [(node: NodeID, parameter: Op.Parameter)] {
    nodes.indices.compactMap { id in (nodes[id].operation as? Op.Parameter).map { (id, $0) } }
  }

  /// For each node, which nodes read its result.
  package var users: [[NodeID]] {
    var users = [[NodeID]](repeating: [], count: nodes.count)
    for (id, node) in nodes.enumerated() { for input in node.inputs { users[input].append(id) } }
    return users
  }

  /// The operations that `id` needs, itself included.
  package func ancestors(of roots: [NodeID]) -> [Bool] {
    var reached = [Bool](repeating: false, count: nodes.count)
    for root in roots { reached[root] = true }
    for id in nodes.indices.reversed() where reached[id] {
      for input in nodes[id].inputs { reached[input] = true }
    }
    return reached
  }

  /// The multiply-adds of some nodes, at most `saturation`.
  package func multiplyAdds(of ids: some Sequence<NodeID>) -> Int {
    ids.reduce(0) { sum, id in
      let shapes = nodes[id].inputs.map { nodes[$0].shape }
      return min(sum + nodes[id].operation.multiplyAdds(inputs: shapes, output: nodes[id].shape), saturation)
    }
  }

  /// For each node, how often its result is read: by other nodes, as an output, as a parameter's new value.
  package var readerCounts: [Int] {
    var counts = users.map(\.count)
    for root in roots { counts[root] += 1 }
    return counts
  }

  /// For each node, whether its result is the same on every run: computed from constants, and from parameters that
  /// the graph does not update.
  package var isStatic: [Bool] {
    let updated = Set(updates.map(\.parameter))
    var isStatic = [Bool](repeating: false, count: nodes.count)
    for (id, node) in nodes.enumerated() {
      isStatic[id] =
        switch node.operation {
        case is Op.Constant: true
        case is Op.Parameter: !updated.contains(id)
        case is Op.Input: false
        default: node.inputs.allSatisfy { isStatic[$0] }
        }
    }
    return isStatic
  }

  /// Removes the nodes that no output and no update needs.
  package mutating func removeDeadNodes() { keep(ancestors(of: roots + updates.map(\.parameter))) }

  /// Lets every reader of `old` read `new` instead.
  package mutating func replaceUses(of old: NodeID, with new: NodeID) {
    for id in nodes.indices where id != new {
      for i in nodes[id].inputs.indices where nodes[id].inputs[i] == old { nodes[id].inputs[i] = new }
    }
    for i in outputs.indices where outputs[i].node == old { outputs[i].node = new }
    for i in updates.indices where updates[i].value == old { updates[i].value = new }
  }

  /// Keeps the nodes with `isKept[id]`, which must include all that a kept node reads.
  package mutating func keep(_ isKept: [Bool]) {
    var position = [NodeID](repeating: -1, count: nodes.count)
    var kept: [Node] = []
    for id in nodes.indices where isKept[id] {
      position[id] = kept.count
      var node = nodes[id]
      node.inputs = node.inputs.map { position[$0] }
      kept.append(node)
    }
    nodes = kept
    for i in outputs.indices { outputs[i].node = position[outputs[i].node] }
    updates = updates.filter { isKept[$0.parameter] }.map {
      Update(parameter: position[$0.parameter], value: position[$0.value])
    }
  }
}
