package import FoveaCore
package import FoveaGraph
import FoveaReference

/// Takes numbers of a graph's nodes apart, given the numbers of the nodes where the walk ends.
package final class Explainer {
  /// One number of one node.
  package struct Element: Hashable {
    package var node: Graph.NodeID
    package var position: [Int]

    package init(_ node: Graph.NodeID, _ position: [Int]) { (self.node, self.position) = (node, position) }
  }

  package let graph: Graph
  /// The numbers of nodes, flat, as `Float`.
  private let values: [Graph.NodeID: [Float]]
  private var known: [Element: Arithmetic] = [:]

  /// - Parameter values: of every node that is read and not to be computed from its terms.
  package init(_ graph: Graph, values: [Graph.NodeID: Tensor]) {
    self.graph = graph
    self.values = values.mapValues(\.floats)
  }

  /// The number: as given where it is, otherwise worked out.
  package func value(of element: Element) -> Double {
    if let values = values[element.node] {
      return Double(values[graph.nodes[element.node].shape.element(at: element.position)])
    }
    return arithmetic(of: element).value
  }

  /// How the number comes about. What it is computed from may be worked out in turn.
  package func arithmetic(of element: Element) -> Arithmetic {
    if let arithmetic = known[element] { return arithmetic }
    let node = graph.nodes[element.node]
    let operands = node.inputs.enumerated().map { index, id in
      Operand(index: index, shape: graph.nodes[id].shape) { [unowned self] in self.value(of: Element(id, $0)) }
    }
    let result: Arithmetic
    if let operation = node.operation as? any Explainable {
      result = operation.arithmetic(at: element.position, of: operands, result: node.shape)
    } else if let kernel = node.operation as? any PointwiseOperation & ReferenceKernel {
      result = kernel.pointwiseArithmetic(at: element.position, of: operands)
    } else {
      result = listing(element, node, operands)
    }
    known[element] = result
    return result
  }

  /// For an operation that cannot be taken apart: what goes in where the shapes agree, and the value as given.
  private func listing(_ element: Element, _ node: Graph.Node, _ operands: [Operand]) -> Arithmetic {
    let isKnown = values[element.node] != nil
    precondition(isKnown || node.inputs.isEmpty, "\(node.operation.label) has neither terms nor a value")
    let terms = operands.filter { $0.shape == node.shape }
      .map { Arithmetic.Term($0.factor("x\($0.index)", element.position)) }
    let value = isKnown ? value(of: element) : 0
    let inputs = operands.map { "x\($0.index)" }.joined(separator: ", ")
    var result = Arithmetic("y = \(node.operation.label)(\(inputs))", .sum, terms) { _ in
      [.init("the program's value", value)]
    }
    result.isComplete = node.inputs.isEmpty
    return result
  }

  /// The elements that an explanation reads from `node`'s inputs, each once; `nil` if they are more than `limit`.
  package func sources(of element: Element, limit: Int) -> [Element]? {
    let inputs = graph.nodes[element.node].inputs
    var sources: [Element] = []
    for factor in arithmetic(of: element).terms.flatMap(\.factors) {
      guard let operand = factor.operand, let at = factor.at else { continue }
      let source = Element(inputs[operand], at)
      if sources.contains(source) { continue }
      if sources.count == limit { return nil }
      sources.append(source)
    }
    return sources
  }
}
