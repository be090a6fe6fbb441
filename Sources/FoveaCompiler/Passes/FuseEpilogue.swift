public import FoveaGraph

/// Takes a bias, a residual sum and an activation into the convolution, matrix product or normalisation before them.
///
/// A step is fused when its input has no other reader: then nobody misses the intermediate result.
public struct FuseEpilogue: Pass {
  public init() {}

  public func run(on graph: inout Graph) {
    let isRoot = Set(graph.roots)
    var readers = graph.users.map(\.count)
    for id in graph.nodes.indices {
      for (position, input) in graph.nodes[id].inputs.enumerated() {
        guard readers[input] == 1, !isRoot.contains(input),
          let fused = fusion(of: id, into: input, at: position, graph)
        else { continue }
        let old = graph.nodes[id].inputs
        graph.nodes[id].operation = fused.operation
        graph.nodes[id].inputs = fused.inputs
        for node in old { readers[node] -= 1 }
        for node in fused.inputs { readers[node] += 1 }
        // What `input` read is read by the fused node now; `input` itself is dead.
        for node in graph.nodes[input].inputs { readers[node] -= 1 }
        break
      }
    }
  }

  private func fusion(
    of id: Graph.NodeID, into input: Graph.NodeID, at position: Int, _ graph: Graph
  ) -> (operation: Fused, inputs: [Graph.NodeID])? {
    let (node, source) = (graph.nodes[id], graph.nodes[input])
    guard let (base, before) = host(source.operation), before.activation == nil, node.shape == source.shape else {
      return nil
    }
    var epilogue = before
    var inputs = source.inputs
    switch node.operation {
    case is Op.ReLU: epilogue.activation = .relu
    case is Op.Tanh: epilogue.activation = .tanh
    case is Op.Sigmoid: epilogue.activation = .sigmoid
    case is Op.Add:
      let other = node.inputs[1 - position]
      if graph.nodes[other].shape == [node.shape.channels], !before.hasBias, !before.hasResidual {
        epilogue.hasBias = true
      } else if graph.nodes[other].shape == node.shape, !before.hasResidual, other != input {
        epilogue.hasResidual = true
      } else {
        return nil
      }
      inputs.append(other)
    default: return nil
    }
    // A residual that comes after the host in the graph is still before the sum, whose place the fused node takes.
    guard base.accepts(epilogue) else { return nil }
    return (Fused(base, epilogue), inputs)
  }

  private func host(_ operation: any Operation) -> (any EpilogueHost, Epilogue)? {
    if let fused = operation as? Fused { return (fused.base, fused.epilogue) }
    return (operation as? any EpilogueHost).map { ($0, Epilogue()) }
  }
}
