import FoveaCore
public import FoveaGraph

/// Lets convolutions, matrix products and their gradients multiply bfloat16 numbers and add in `float32`.
///
/// Activations and their gradients are held in bfloat16; normalisations, rectifiers and sums between the products read
/// and write them so, and compute in `float32`. Parameters, statistics, losses and sums stay `float32`: weights are
/// rounded for each step.
///
/// - Source: Kalamkar et al. 2019, "A Study of BFLOAT16 for Deep Learning Training", §3.
public struct LowerPrecision: Pass {
  /// What has to have kernels for it.
  let backend: any Backend

  package init(backend: any Backend) { self.backend = backend }

  public func run(on graph: inout Graph) {
    let isStatic = graph.isStatic
    var computing: [Graph.NodeID: any NarrowComputing] = [:]
    for (id, node) in graph.nodes.enumerated() where !isStatic[id] {
      let fused = node.operation as? Fused
      let base: any Operation = fused?.base ?? node.operation
      if let layer = CarryingLayer(node, in: graph) {
        computing[id] = layer
        continue
      }
      guard Self.isHeavy(base), node.inputs.prefix(2).allSatisfy({ graph.nodes[$0].elementType == .float32 }) else {
        continue
      }
      let layer = MixedLayer(base: base, epilogue: fused?.epilogue ?? Epilogue())
      let operands = node.inputs.enumerated().map { place, input in
        (shape: graph.nodes[input].shape, type: place < 2 ? ElementType.bfloat16 : .float32)
      }
      if backend.canRun(layer.operation(giving: nil, reading: []), on: operands) { computing[id] = layer }
    }
    graph = NarrowGraph(graph, computing: computing, common: .bfloat16).result
  }

  private static func isHeavy(_ operation: any Operation) -> Bool {
    operation is Op.Convolution || operation is Op.ConvolutionInputGradient
      || operation is Op.ConvolutionWeightsGradient || operation is Op.MatrixProduct
  }
}

/// A node that multiplies bfloat16 numbers.
private struct MixedLayer: NarrowComputing {
  let base: any Operation
  let epilogue: Epilogue

  func format(ofInput position: Int, givingNarrow isNarrow: Bool) -> NarrowFormat? {
    if position < 2 { return .bfloat16 }
    return isNarrow && epilogue.hasResidual && position == (epilogue.hasBias ? 3 : 2) ? .bfloat16 : nil
  }

  /// Gradients of weights go to the optimizer, which wants all of their bits.
  var canGiveNarrow: Bool { !(base is Op.ConvolutionWeightsGradient) }

  func operation(giving output: NarrowFormat?, reading types: [ElementType]) -> any Operation {
    Mixed(base, epilogue, isNarrow: output != nil)
  }
}
