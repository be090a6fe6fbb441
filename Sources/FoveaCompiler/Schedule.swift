package import FoveaGraph

/// The order in which nodes run: as built, but what only serves a parameter update runs as soon as it can. Of several such
/// nodes that can run, the one after which the least is in memory comes first: weights' gradients are made, and consumed,
/// right after what they are made of, but a large one of a dense layer after the images have gone. A node that `waits`
/// keeps its turn.
///
/// The node that makes a parameter's new value runs after every other reader of the old one; then the new value can be
/// written over the old.
package struct Schedule {
  package let order: [Graph.NodeID]

  package init(_ graph: Graph) {
    let users = graph.users
    let servesOnlyUpdates = Self.nodesThatServeOnlyUpdates(graph, users)

    // Inputs, and the other readers of the parameter that a node replaces, come first.
    var predecessors = graph.nodes.map { Set($0.inputs) }
    for update in graph.updates where graph.nodes[update.value].operation as? Op.Parameter == nil {
      for reader in users[update.parameter] where !Self.reaches(reader, from: update.value, graph) {
        predecessors[update.value].insert(reader)
      }
    }
    var successors = [[Graph.NodeID]](repeating: [], count: graph.nodes.count)
    var missing = predecessors.map(\.count)
    for (id, before) in predecessors.enumerated() { for node in before { successors[node].append(id) } }

    var memory = LiveMemory(graph)
    var order: [Graph.NodeID] = []
    var isDone = [Bool](repeating: false, count: graph.nodes.count)
    /// Runs a node; what has waited only for it and serves only updates can follow at once.
    func run(_ id: Graph.NodeID, then ready: inout [Graph.NodeID]) {
      order.append(id)
      memory.run(id)
      isDone[id] = true
      for next in successors[id] {
        missing[next] -= 1
        if missing[next] == 0, servesOnlyUpdates[next], !graph.nodes[next].waits { ready.append(next) }
      }
    }
    func runAll(_ ready: [Graph.NodeID]) {
      var ready = ready
      while let best = ready.indices.min(by: {
        (memory.growth(running: ready[$0]), ready[$0]) < (memory.growth(running: ready[$1]), ready[$1])
      }) {
        run(ready.remove(at: best), then: &ready)
      }
    }
    // What is there from the start.
    var ready: [Graph.NodeID] = []
    for id in graph.nodes.indices where graph.nodes[id].inputs.isEmpty { run(id, then: &ready) }
    runAll(ready)
    // A pass runs every node that is ready, in its old order; a node that waits for a later reader gets the next pass.
    var count = -1
    while count < order.count, order.count < graph.nodes.count {
      count = order.count
      for id in graph.nodes.indices where !isDone[id] && missing[id] == 0 { runAll([id]) }
    }
    // Two parameters that are computed from each other's old values cannot both wait: the plan copies them.
    self.order = order.count == graph.nodes.count ? order : Array(graph.nodes.indices)
  }

  private static func nodesThatServeOnlyUpdates(_ graph: Graph, _ users: [[Graph.NodeID]]) -> [Bool] {
    let isOutput = Set(graph.outputs.map(\.node))
    let isUpdate = Set(graph.updates.map(\.value))
    var result = [Bool](repeating: false, count: graph.nodes.count)
    for id in graph.nodes.indices.reversed() where !graph.nodes[id].inputs.isEmpty && !isOutput.contains(id) {
      result[id] =
        isUpdate.contains(id)
        ? users[id].allSatisfy { result[$0] } : (!users[id].isEmpty && users[id].allSatisfy { result[$0] })
    }
    return result
  }

  /// Whether `node` is `source` or computed from it: such a reader of the old value cannot come first.
  private static func reaches(_ node: Graph.NodeID, from source: Graph.NodeID, _ graph: Graph) -> Bool {
    node >= source && graph.ancestors(of: [node])[source]
  }
}
