public import FoveaGraph

/// Lets convolutions of bfloat16 images normalise, and rectify, what they read, where a backend can: the normalised images are
/// neither written nor read again. Densely connected networks and such with the activation first have a normalisation before
/// each convolution.
///
/// Holds where no other node reads them.
public struct FuseNormalization: Pass {
  /// What has to have kernels for it.
  let backend: any Backend

  package init(backend: any Backend) { self.backend = backend }

  public func run(on graph: inout Graph) {
    let isRoot = Set(graph.roots)
    let users = graph.users
    for id in graph.nodes.indices {
      let node = graph.nodes[id]
      guard let mixed = node.operation as? Mixed, mixed.normalization == nil, mixed.base is Op.Convolution,
        let source = node.inputs.first, users[source] == [id], !isRoot.contains(source),
        let normalization = graph.nodes[source].normalization
      else { continue }
      let (x, values) = (graph.nodes[source].inputs[0], graph.nodes[source].inputs.dropFirst())
      let operation = Mixed(mixed.base, mixed.epilogue, isNarrow: mixed.isNarrow, normalization: normalization)
      let inputs = [x] + node.inputs.dropFirst() + values
      let operands = inputs.map { (shape: graph.nodes[$0].shape, type: graph.nodes[$0].elementType) }
      guard backend.canRun(operation, on: operands) else { continue }
      (graph.nodes[id].operation, graph.nodes[id].inputs) = (operation, inputs)
    }
    DeadCode().run(on: &graph)
  }
}

extension Graph.Node {
  /// What it does, if it normalises bfloat16 images, and nothing else but to rectify them.
  fileprivate var normalization: Mixed.Normalization? {
    guard let carrying = operation as? Carrying, carrying.isNarrow else { return nil }
    let fused = carrying.base as? Fused
    guard let base = (fused?.base ?? carrying.base) as? Op.BatchNormalize, fused?.epilogue.hasResidual != true else {
      return nil
    }
    switch fused?.epilogue.activation {
    case nil: return Mixed.Normalization(epsilon: base.epsilon, rectifies: false)
    case .relu: return Mixed.Normalization(epsilon: base.epsilon, rectifies: true)
    default: return nil
    }
  }
}
