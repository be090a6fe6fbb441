public import FoveaGraph

/// Runs chains and trees of pointwise operations of one shape as one kernel: `x · sigmoid(x)`, the sum of two gradients
/// and the slope of a rectifier, a loss.
///
/// A result that has several readers is computed again in each, where that takes few steps: what the way back needs of
/// an activation is then not kept in memory, but computed from the activation's input.
public struct FusePointwise: Pass {
  /// What one kernel takes.
  static let mostInputs = 8
  static let mostSteps = 24
  /// What may be computed twice.
  static let mostRepeatedSteps = 8

  public init() {}

  /// A tree of steps over nodes of the graph, each step and each node once.
  private struct Tree {
    enum Operand: Hashable {
      case node(Graph.NodeID)
      case step(Int)
    }

    struct Step {
      var operation: any PointwiseOperation
      var operands: [Operand]
    }

    var steps: [Step] = []

    /// The nodes that it reads, in the order in which it first does.
    var leaves: [Graph.NodeID] {
      var leaves: [Graph.NodeID] = []
      for case .node(let id) in steps.flatMap(\.operands) where !leaves.contains(id) { leaves.append(id) }
      return leaves
    }

    /// Adds a step, unless it is there already.
    mutating func add(_ operation: any PointwiseOperation, _ operands: [Operand]) -> Operand {
      let known = steps.firstIndex { $0.operands == operands && $0.operation.isEqual(to: operation) }
      if known == nil { steps.append(Step(operation: operation, operands: operands)) }
      return .step(known ?? steps.count - 1)
    }

    /// Adds the steps of another tree; its last one is the result.
    mutating func add(_ other: Tree) -> Operand {
      var results: [Operand] = []
      for step in other.steps {
        results.append(add(step.operation, step.operands.map { if case .step(let i) = $0 { results[i] } else { $0 } }))
      }
      return results.last!
    }
  }

  public func run(on graph: inout Graph) {
    readThroughBroadcasts(in: &graph)
    var trees = [Tree?](repeating: nil, count: graph.nodes.count)
    let readers = graph.readerCounts
    let isKept = keptNodes(of: graph)
    for (id, node) in graph.nodes.enumerated() {
      guard let operation = node.operation as? any PointwiseOperation, node.elementType == .float32 else { continue }
      var tree = Tree()
      let operands = node.inputs.map { input -> Tree.Operand in
        guard let inner = trees[input], graph.nodes[input].shape == node.shape, !isKept[input],
          readers[input] == 1 || inner.steps.count <= Self.mostRepeatedSteps
        else { return .node(input) }
        var larger = tree
        let result = larger.add(inner)
        // One step and one leaf for each operand are still to come.
        guard larger.steps.count < Self.mostSteps, larger.leaves.count + node.inputs.count <= Self.mostInputs else {
          return .node(input)
        }
        tree = larger
        return result
      }
      _ = tree.add(operation, operands)
      trees[id] = tree
    }
    for (id, tree) in trees.enumerated() {
      guard let tree, tree.steps.count > 1 else { continue }
      let leaves = tree.leaves
      let steps = tree.steps.map { step in
        Pointwise.Step(
          step.operation,
          step.operands.map { operand in
            switch operand {
            case .node(let node): leaves.firstIndex(of: node)!
            case .step(let index): leaves.count + index
            }
          })
      }
      graph.nodes[id].operation = Pointwise(inputCount: leaves.count, steps: steps)
      graph.nodes[id].inputs = leaves
    }
    graph.removeDeadNodes()
  }

  /// A pair of numbers stretches the smaller operand itself: no stretched copy of it is needed.
  private func readThroughBroadcasts(in graph: inout Graph) {
    for (id, node) in graph.nodes.enumerated() where node.operation is any ElementwisePair {
      for (place, input) in node.inputs.enumerated() where graph.nodes[input].operation is Op.Broadcast {
        // The other one keeps the shape: two stretched copies may not both go.
        let other = graph.nodes[id].inputs[1 - place]
        if graph.nodes[other].shape == node.shape { graph.nodes[id].inputs[place] = graph.nodes[input].inputs[0] }
      }
    }
    graph.removeDeadNodes()
  }

  /// The nodes whose result has to be in memory anyhow: others than pointwise operations of the same shape read it.
  private func keptNodes(of graph: Graph) -> [Bool] {
    var isKept = [Bool](repeating: false, count: graph.nodes.count)
    for root in graph.roots { isKept[root] = true }
    for node in graph.nodes {
      for input in node.inputs
      where !(node.operation is any PointwiseOperation) || node.shape != graph.nodes[input].shape {
        isKept[input] = true
      }
    }
    return isKept
  }
}
