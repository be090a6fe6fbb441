import FoveaCore
import FoveaGraph

/// A graph in which chosen nodes compute with narrow numbers, as far as it is made.
///
/// Results that only such nodes read stay narrow, through max pooling, concatenations and views, too; others are
/// `float32`. Every number is narrowed once, however many read it.
struct NarrowGraph {
  private let old: Graph
  private let computing: [Graph.NodeID: any NarrowComputing]
  private let common: NarrowFormat?
  private(set) var result = Graph()
  /// For each old node, how its result is held; `nil` if it is `float32`.
  private var held: [NarrowFormat?]
  /// For each old node, the new ones that have its result.
  private var numbers: [Graph.NodeID?]
  private var narrow: [[NarrowFormat: Graph.NodeID]]

  /// - Parameter common: how a result is held whose readers all take it as it is held; `nil` as `float32`.
  init(_ graph: Graph, computing: [Graph.NodeID: any NarrowComputing], common: NarrowFormat? = nil) {
    (old, self.computing, self.common) = (graph, computing, common)
    held = graph.nodes.map { _ in nil }
    numbers = graph.nodes.map { _ in nil }
    narrow = graph.nodes.map { _ in [:] }
    let (isRoot, users) = (Set(graph.roots), graph.users)
    // From the last to the first, since readers decide.
    for id in graph.nodes.indices.reversed() where !isRoot.contains(id) {
      guard computing[id]?.canGiveNarrow ?? passesNarrow(id) else { continue }
      let wanted = Set(users[id].flatMap { formats(of: id, readBy: $0) })
      if wanted.count <= 1 { held[id] = wanted.first ?? common }
    }
    for (id, node) in graph.nodes.enumerated() { add(node, id) }
    result.outputs = old.outputs.map { .init(name: $0.name, node: numbers(of: $0.node)) }
    result.updates = old.updates
    for i in old.updates.indices {
      result.updates[i].parameter = numbers(of: old.updates[i].parameter)
      result.updates[i].value = numbers(of: old.updates[i].value)
    }
    result.removeDeadNodes()
  }

  /// Whether a node gives its inputs' numbers, only fewer of them or in another order; or means of them, which bfloat16
  /// holds as well as them.
  private func passesNarrow(_ id: Graph.NodeID) -> Bool {
    let node = old.nodes[id]
    guard node.elementType == .float32 else { return false }
    switch node.operation {
    case is Op.MaxPool, is Op.Concatenate, is any ViewOperation: return true
    case let pool as Op.AveragePool: return common == .bfloat16 && pool.isMeanOfInside(old.nodes[node.inputs[0]].shape)
    default: return false
    }
  }

  /// In which formats a reader takes the result of `id`; none if it takes it as it is held.
  private func formats(of id: Graph.NodeID, readBy reader: Graph.NodeID) -> [NarrowFormat?] {
    let places = old.nodes[reader].inputs.indices.filter { place in
      old.nodes[reader].inputs[place] == id && computing[reader]?.takesAsHeld(place) != true
    }
    return places.map { place in
      guard let computing = computing[reader] else { return passesNarrow(reader) ? held[reader] : nil }
      return computing.format(ofInput: place, givingNarrow: held[reader] != nil)
    }
  }

  private mutating func add(_ node: Graph.Node, _ id: Graph.NodeID) {
    let output = held[id]
    var new = node
    if let computing = computing[id] {
      new.inputs = []
      for (place, input) in node.inputs.enumerated() {
        if let format = computing.takesAsHeld(place)
          ? held[input] : computing.format(ofInput: place, givingNarrow: output != nil)
        {
          new.inputs.append(narrow(input, format))
        } else {
          let given = numbers(of: input)
          new.inputs.append(computing.prepared(place, given, in: &self, path: node.path))
        }
      }
      new.operation = computing.operation(giving: output, reading: new.inputs.map { result.nodes[$0].elementType })
    } else if let output {
      new.inputs = node.inputs.map { narrow($0, output) }
    } else {
      new.inputs = node.inputs.map { numbers(of: $0) }
    }
    new.elementType = output?.elementType ?? node.elementType
    result.nodes.append(new)
    if let output { narrow[id][output] = result.nodes.count - 1 } else { numbers[id] = result.nodes.count - 1 }
  }

  private mutating func numbers(of id: Graph.NodeID) -> Graph.NodeID {
    if let known = numbers[id] { return known }
    let (format, source) = narrow[id].first!
    let new = add(format.widening, [source], shape: old.nodes[id].shape, .float32, path: old.nodes[id].path)
    numbers[id] = new
    return new
  }

  private mutating func narrow(_ id: Graph.NodeID, _ format: NarrowFormat) -> Graph.NodeID {
    if let known = narrow[id][format] { return known }
    let source = numbers(of: id)
    let (shape, path) = (old.nodes[id].shape, old.nodes[id].path)
    let new = add(format.narrowing, [source], shape: shape, format.elementType, path: path)
    narrow[id][format] = new
    return new
  }

  /// Adds a node that the old graph does not have.
  mutating func add(
    _ operation: any Operation, _ inputs: [Graph.NodeID], shape: Shape, _ type: ElementType, path: String
  ) -> Graph.NodeID {
    result.nodes.append(.init(operation, inputs: inputs, shape: shape, elementType: type, path: path))
    return result.nodes.count - 1
  }
}
