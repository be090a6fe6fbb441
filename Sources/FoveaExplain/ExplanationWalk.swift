import FoveaCore
import FoveaGraph
import FoveaLayers

/// From the numbers of the nodes to the steps of an explanation.
struct ExplanationWalk {
  let explainer: Explainer
  private let graph: Graph
  private let inside: Set<Graph.NodeID>
  private let dependsOnInput: [Bool]
  /// Of each node, the axis along which the examples of a batch lie; `nil` where there is no batch.
  private let batchAxes: [Int?]
  /// Numbers inside the layer that a step reads and that are steps of their own; more would bury the reader.
  private static let mostSources = 6

  init(graph: Graph, inside: Set<Graph.NodeID>, values: [Graph.NodeID: Tensor]) {
    (self.graph, self.inside) = (graph, inside)
    explainer = Explainer(graph, values: values)
    dependsOnInput = Self.dependsOnInput(graph)
    batchAxes = Self.batchAxes(graph, dependsOnInput)
  }

  /// The operations inside the layer that lead to the element, the first one first.
  func steps(to target: Explainer.Element) -> [Explanation.Step] {
    var elements: [Explainer.Element] = []
    var waiting = [target]
    while let element = waiting.popLast() {
      guard !elements.contains(element) else { continue }
      elements.append(element)
      for source in explainer.sources(of: element, limit: Self.mostSources) ?? []
      where inside.contains(source.node) && dependsOnInput[source.node]
        && !(graph.nodes[source.node].operation is any Source)
      {
        waiting.append(source)
      }
    }
    // A node comes after its inputs.
    return elements.sorted { $0.node < $1.node }.map(step)
  }

  private func step(_ element: Explainer.Element) -> Explanation.Step {
    let node = graph.nodes[element.node]
    var arithmetic = explainer.arithmetic(of: element)
    for t in arithmetic.terms.indices {
      for f in arithmetic.terms[t].factors.indices {
        let factor = arithmetic.terms[t].factors[f]
        guard let operand = factor.operand, let at = factor.at else { continue }
        arithmetic.terms[t].factors[f].at = withoutBatch(at, of: node.inputs[operand])
      }
    }
    return Explanation.Step(
      operation: node.operation.label, at: withoutBatch(element.position, of: element.node),
      sources: node.inputs.map { name(of: $0, from: node.path) }, arithmetic: arithmetic)
  }

  private func withoutBatch(_ position: [Int], of node: Graph.NodeID) -> [Int] {
    guard let axis = batchAxes[node] else { return position }
    return position.enumerated().filter { $0.offset != axis }.map(\.element)
  }

  /// What does not depend on the input has no batch. It is the first axis and of length 1, until a transpose moves it.
  private static func batchAxes(_ graph: Graph, _ dependsOnInput: [Bool]) -> [Int?] {
    var axes: [Int?] = []
    for (id, node) in graph.nodes.enumerated() {
      let inherited = node.inputs.lazy.filter { dependsOnInput[$0] }.first.flatMap { axes[$0] }
      switch node.operation {
      case _ where !dependsOnInput[id]: axes.append(nil)
      case is Op.Input: axes.append(0)
      case let transpose as Op.Transpose: axes.append(inherited.flatMap(transpose.order.firstIndex(of:)))
      // Where a reshape joins the examples with other axes, there is no axis of theirs.
      default: axes.append(inherited.flatMap { node.shape.rank > $0 && node.shape[$0] == 1 ? $0 : nil })
      }
    }
    return axes
  }

  private static func dependsOnInput(_ graph: Graph) -> [Bool] {
    var depends: [Bool] = []
    for node in graph.nodes {
      depends.append(node.operation is Op.Input || node.inputs.contains { depends[$0] })
    }
    return depends
  }

  /// What a node is called: a parameter's path, a layer's path, or in the same layer its operation.
  func name(of id: Graph.NodeID, from path: String?) -> String {
    let node = graph.nodes[id]
    switch node.operation {
    case let parameter as Op.Parameter: return parameter.path
    case is Op.Input: return "the input"
    case is Op.Constant: return "a constant"
    default:
      if !dependsOnInput[id], let origin = node.inputs.first {
        // Weights that were turned round or put in their places.
        return "\(name(of: origin, from: path)) after \(node.operation.label)"
      }
      return node.path == path || node.path.isEmpty ? node.operation.label : node.path
    }
  }

  /// The patch of the input that the element depends on.
  func field(of target: Explainer.Element) -> [Explanation.Field] {
    guard let (node, box) = graph.field(of: target.node, at: target.position) else { return [] }
    let input = node.shape
    let names = [["positions"], ["rows", "columns"], ["depths", "rows", "columns"]]
    // Without the batch, and the channels that whole numbers do not have.
    let axes = max(input.rank - (node.elementType == .int32 ? 1 : 2), 0)
    return (0..<axes).compactMap { axis in
      let (length, range) = (input[axis + 1], box.ranges[axis + 1])
      let inside = range.clamped(to: 0..<length)
      guard axes <= names.count, !inside.isEmpty else { return nil }
      return Explanation.Field(
        name: names[axes - 1][axis], first: inside.lowerBound, last: inside.upperBound - 1, length: length,
        outside: range.count - inside.count)
    }
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
