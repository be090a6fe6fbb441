import FoveaCore
import FoveaGraph

/// From the numbers of the nodes to the steps of an explanation.
struct ExplanationWalk {
  let explainer: Explainer
  private let graph: Graph
  /// Of the layer that is explained.
  private let path: String
  private let inside: Set<Graph.NodeID>
  private let dependsOnInput: [Bool]
  /// Of each node, the axis along which the examples of a batch lie; `nil` where there is no batch.
  private let batchAxes: [Int?]
  /// Of each node, the first of the layer that computes the same.
  private let first: [Graph.NodeID]
  /// What the operations of the layer are called: `scale_1` and `scale_2` where there are two.
  private var labels: [Graph.NodeID: String] = [:]
  /// Numbers inside the layer that a step reads and that are steps of their own; more would bury the reader.
  private static let mostSources = 6

  /// An element, and how its place is written: in the shape that it has before or after a reshape, which computes
  /// nothing.
  private struct Read {
    var element: Explainer.Element
    var place: Explainer.Element
  }

  /// - Parameters:
  ///   - path: of the layer.
  ///   - inside: the nodes of the layer that take part.
  ///   - batchAxes: of each node, the axis of the examples.
  init(
    graph: Graph, path: String, inside: Set<Graph.NodeID>, batchAxes: [Int?], values: [Graph.NodeID: Tensor]
  ) {
    (self.graph, self.path, self.inside, self.batchAxes) = (graph, path, inside, batchAxes)
    explainer = Explainer(graph, values: values)
    dependsOnInput = graph.dependsOnInput
    first = graph.firstOfEqualNodes(inside)
    labels = makeLabels()
  }

  /// The operations inside the layer that lead to the element, the first one first.
  func steps(to target: Explainer.Element) -> [Explanation.Step] {
    var places: [Explainer.Element: Explainer.Element] = [:]
    let read = resolved(target)
    // A layer that only gives its input another shape is explained as that.
    var waiting = [isStep(read.element.node) ? read : Read(element: target, place: target)]
    while let read = waiting.popLast() {
      guard places[read.element] == nil else { continue }
      places[read.element] = read.place
      let sources = explainer.sources(of: read.element, limit: Self.mostSources) ?? []
      waiting += sources.map(resolved).filter { isStep($0.element.node) }
    }
    // A node comes after its inputs.
    return places.sorted { a, b in
      a.key.node == b.key.node
        ? a.key.position.lexicographicallyPrecedes(b.key.position) : a.key.node < b.key.node
    }.map { step($0.key, at: $0.value) }
  }

  private func isStep(_ node: Graph.NodeID) -> Bool {
    inside.contains(node) && dependsOnInput[node] && graph.nodes[node].path == path
      && !(graph.nodes[node].operation is any Source)
  }

  private func step(_ element: Explainer.Element, at place: Explainer.Element) -> Explanation.Step {
    let node = graph.nodes[element.node]
    var arithmetic = explainer.arithmetic(of: element)
    var sources: [String] = []
    func index(of name: String) -> Int {
      if let index = sources.firstIndex(of: name) { return index }
      sources.append(name)
      return sources.count - 1
    }
    for origin in node.inputs.flatMap(origins) { _ = index(of: name(of: origin)) }
    for t in arithmetic.terms.indices {
      for f in arithmetic.terms[t].factors.indices {
        let factor = arithmetic.terms[t].factors[f]
        guard let operand = factor.operand, let at = factor.at else { continue }
        let read = resolved(Explainer.Element(node.inputs[operand], at))
        arithmetic.terms[t].factors[f].operand = index(of: name(of: read.element.node))
        arithmetic.terms[t].factors[f].at = withoutBatch(read.place)
      }
    }
    return Explanation.Step(
      operation: labels[element.node] ?? node.operation.label, at: withoutBatch(place), sources: sources,
      arithmetic: arithmetic)
  }

  /// The patch of the input that the element depends on.
  func field(of target: Explainer.Element) -> [Explanation.Field] {
    guard let (node, boxes) = graph.dependence(of: target.node, at: target.position) else { return [] }
    let input = node.shape
    let names = [["positions"], ["rows", "columns"], ["depths", "rows", "columns"]]
    // Without the batch, and the channels that whole numbers do not have.
    let axes = max(input.rank - (node.elementType == .int32 ? 1 : 2), 0)
    guard (1...names.count).contains(axes) else { return [] }
    return (0..<axes).map { axis in
      let length = input[axis + 1]
      let seen = boxes.reduce(RangeSet<Int>()) { $0.union($1.axes[axis + 1]) }
      let inside = seen.intersection(RangeSet(0..<length)).hull
      return Explanation.Field(
        name: names[axes - 1][axis], first: inside.lowerBound, last: inside.upperBound - 1, length: length,
        outside: seen.hull.count - inside.count)
    }
  }

  func dependsOnInput(_ target: Explainer.Element) -> Bool {
    graph.dependence(of: target.node, at: target.position) != nil
  }
}

// MARK: Where numbers come from, and what that is called

extension ExplanationWalk {
  /// A reshape inside the layer, or weights that are put in their places: numbers are only moved.
  private func isTransparent(_ id: Graph.NodeID) -> Bool {
    let node = graph.nodes[id]
    return dependsOnInput[id]
      ? node.operation is Op.Reshape && node.path == path : node.operation is any ExplainedMove
  }

  /// Where the number is computed.
  private func resolved(_ element: Explainer.Element) -> Read {
    var read = Read(element: element, place: element)
    while isTransparent(read.element.node), let origin = explainer.sourcesIfMove(of: read.element)?.first {
      read.element = origin
      // The shape with more axes says more.
      let rank = { (id: Graph.NodeID) in graph.nodes[id].shape.rank }
      if !dependsOnInput[origin.node] || rank(origin.node) >= rank(read.place.node) { read.place = origin }
    }
    read.element.node = first[read.element.node]
    return read
  }

  /// What a node's numbers are, moves apart.
  private func origins(of id: Graph.NodeID) -> [Graph.NodeID] {
    isTransparent(id) ? graph.nodes[id].inputs.flatMap(origins) : [first[id]]
  }

  private func withoutBatch(_ element: Explainer.Element) -> [Int] {
    guard let axis = batchAxes[element.node] else { return element.position }
    return element.position.enumerated().filter { $0.offset != axis }.map(\.element)
  }

  private func makeLabels() -> [Graph.NodeID: String] {
    let own = Set(inside.filter { isStep($0) && !isTransparent($0) }.map { first[$0] })
    let equal = Dictionary(grouping: own.sorted()) { label(of: $0) }
    return equal.reduce(into: [:]) { labels, next in
      for (number, id) in next.value.enumerated() {
        labels[id] = next.value.count == 1 ? next.key : "\(next.key)_\(number + 1)"
      }
    }
  }

  private func label(of id: Graph.NodeID) -> String {
    // Rows of which each is one group: that is layer normalisation.
    if let norm = graph.nodes[id].operation as? Op.GroupNorm, norm.groups == 1, graph.nodes[id].shape.rank == 2 {
      return "layer_norm"
    }
    return graph.nodes[id].operation.label
  }

  /// What a node is called: a parameter's path, a layer's path, or in the same layer its operation.
  private func name(of id: Graph.NodeID) -> String {
    let node = graph.nodes[id]
    switch node.operation {
    case let parameter as Op.Parameter: return parameter.path
    case is Op.Input: return "the input"
    case is Op.Constant: return "a constant"
    default:
      if !dependsOnInput[id], let origin = node.inputs.first {
        // Weights that were changed.
        return "\(name(of: origin)) after \(node.operation.label)"
      }
      return node.path == path || node.path.isEmpty ? labels[id] ?? node.operation.label : node.path
    }
  }
}

extension Graph {
  /// Of each node, the first of `inside` that computes the same from the same.
  fileprivate func firstOfEqualNodes(_ inside: Set<NodeID>) -> [NodeID] {
    var first: [NodeID] = []
    var known: [[NodeID]: [NodeID]] = [:]
    for (id, node) in nodes.enumerated() {
      let inputs = node.inputs.map { first[$0] }
      let equal = known[inputs]?.first { inside.contains(id) && nodes[$0].operation.isEqual(to: node.operation) }
      first.append(equal ?? id)
      if equal == nil, !inputs.isEmpty, inside.contains(id) { known[inputs, default: []].append(id) }
    }
    return first
  }
}

extension Explainer {
  /// Where a moved number comes from; known without reading any number.
  package func sourcesIfMove(of element: Element) -> [Element]? {
    let node = graph.nodes[element.node]
    guard let move = node.operation as? any ExplainedMove else { return nil }
    let shapes = node.inputs.map { graph.nodes[$0].shape }
    return move.origin(of: element.position, operands: shapes, result: node.shape).map {
      [Element(node.inputs[$0.operand], $0.position)]
    } ?? []
  }
}
