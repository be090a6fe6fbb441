import FoveaGraph

/// The results that somebody still reads, while nodes run in any order.
///
/// An estimate: what a layout fills up, scratch memory and results that are written over inputs are not known yet.
struct LiveMemory {
  /// The node in whose memory a result lies: another one's, if it is a view.
  private let owner: [Graph.NodeID]
  /// Of what lies in working memory.
  private var byteCount: [Int]
  /// The nodes that read a node's memory and have not run.
  private var readers: [Set<Graph.NodeID>]
  /// The owners of what each node reads.
  private let sources: [Set<Graph.NodeID>]
  /// Whether it leaves the graph.
  private let isKept: [Bool]

  init(_ graph: Graph) {
    var owner = Array(graph.nodes.indices)
    var readers = graph.nodes.map { _ in Set<Graph.NodeID>() }
    for (id, node) in graph.nodes.enumerated() {
      if node.operation is any ViewOperation { owner[id] = owner[node.inputs[0]] }
      for input in node.inputs { readers[owner[input]].insert(id) }
    }
    var isKept = [Bool](repeating: false, count: graph.nodes.count)
    for output in graph.outputs { isKept[owner[output.node]] = true }
    // A parameter's new value is written over the old one; what is the same on every run is prepared before.
    let (updated, isStatic) = (Set(graph.updates.map { owner[$0.value] }), graph.isStatic)
    byteCount = graph.nodes.enumerated().map { id, node in
      switch node.operation {
      case is Op.Parameter: 0
      default: owner[id] != id || updated.contains(id) || isStatic[id] ? 0 : graph.byteCount(id)
      }
    }
    sources = graph.nodes.map { node in Set(node.inputs.map { owner[$0] }) }
    (self.owner, self.readers, self.isKept) = (owner, readers, isKept)
  }

  /// How many bytes more there are after the node has run than before.
  func growth(running id: Graph.NodeID) -> Int {
    sources[id].reduce(byteCount[id]) { sum, source in
      readers[source].count == 1 && readers[source].contains(id) && !isKept[source] ? sum - byteCount[source] : sum
    }
  }

  /// Whether the result could be written over what nobody reads after the node.
  private func canOverwrite(in id: Graph.NodeID) -> Bool {
    sources[id].contains { readers[$0] == [id] && !isKept[$0] && byteCount[$0] == byteCount[id] }
  }

  mutating func run(_ id: Graph.NodeID) { for source in sources[id] { readers[source].remove(id) } }

  /// What is in memory while each node runs, and how much less it would be if the result were written over an input.
  static func needs(of graph: Graph) -> [(most: Int, lessByOverwriting: Int)] {
    var memory = LiveMemory(graph)
    // What parts are written to is there before the first part runs.
    let joined = graph.nodes.indices.filter { graph.nodes[$0].operation is JoinParts }
    var held = joined.reduce(0) { $0 + memory.byteCount[$1] }
    for id in joined { memory.byteCount[id] = 0 }
    var needs = [(most: Int, lessByOverwriting: Int)](repeating: (0, 0), count: graph.nodes.count)
    for id in Schedule(graph).order {
      let byteCount = memory.byteCount[id]
      needs[id] = (held + byteCount, memory.canOverwrite(in: id) ? byteCount : 0)
      held += memory.growth(running: id)
      memory.run(id)
      if joined.contains(id) { memory.byteCount[id] = graph.byteCount(id) }
    }
    return needs
  }

  /// The most that is in memory at once.
  static func most(of graph: Graph) -> Int { needs(of: graph).map(\.most).max() ?? 0 }
}
