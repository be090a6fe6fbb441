import FoveaCore
public import FoveaGraph

/// Lets layers compute with whole numbers of 8 bits where a calibration says what their inputs are.
///
/// Layers that no backend can run so stay as they are.
///
/// - Source: Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
///   Inference", §2.4.
public struct QuantizeLayers: Pass {
  let quantization: Quantization
  /// By the paths of weights: for each output channel, what 1 stands for.
  let weightScales: [String: [Float]]
  /// What has to have kernels for it.
  let backend: any Backend

  package init(_ quantization: Quantization, weightScales: [String: [Float]], backend: any Backend) {
    (self.quantization, self.weightScales, self.backend) = (quantization, weightScales, backend)
  }

  public func run(on graph: inout Graph) {
    var computing: [Graph.NodeID: any NarrowComputing] = [:]
    for layer in graph.quantizableLayers {
      guard let ranges = quantization.layers[layer.path], let scales = weightScales[layer.path],
        scales.count == graph.nodes[layer.node].shape.channels
      else { continue }
      let types = [ranges.input.elementType, .int8] + graph.nodes[layer.node].inputs.dropFirst(2).map { _ in .float32 }
      var operands = zip(graph.nodes[layer.node].inputs, types).map { (shape: graph.nodes[$0].shape, type: $1) }
      if layer.transposesWeights { operands[1].shape = [operands[1].shape[1], operands[1].shape[0]] }
      let quantized = QuantizedLayer(layer: layer, ranges: ranges, weightScales: scales)
      if backend.canRun(quantized.operation(giving: nil, reading: []), on: operands) {
        computing[layer.node] = quantized
      }
    }
    graph = NarrowGraph(graph, computing: computing).result
  }
}

/// A layer that computes with whole numbers.
private struct QuantizedLayer: NarrowComputing {
  let layer: QuantizableLayer
  let ranges: Quantization.Layer
  let weightScales: [Float]

  private var residualPosition: Int? {
    layer.residual == nil ? nil : 2 + (layer.bias == nil ? 0 : 1)
  }

  func format(ofInput position: Int, givingNarrow isNarrow: Bool) -> NarrowFormat? {
    if position == 0 { return .whole(ranges.input) }
    return position == residualPosition && isNarrow ? ranges.residual.map { .whole($0) } : nil
  }

  var canGiveNarrow: Bool {
    (layer.epilogue.activation == nil || layer.epilogue.activation == .relu)
      && (layer.residual == nil || ranges.residual != nil)
  }

  func operation(giving output: NarrowFormat?, reading types: [ElementType]) -> any Operation {
    let range: Quantization.Range? = if case .whole(let range)? = output { range } else { nil }
    return Quantized(
      layer.base, layer.epilogue, input: ranges.input, weights: weightScales,
      residual: layer.residual == nil || range == nil ? nil : ranges.residual, output: range)
  }

  /// Weights become whole; the bias is counted in products.
  func prepared(_ position: Int, _ node: Graph.NodeID, in graph: inout NarrowGraph, path: String) -> Graph.NodeID {
    var (node, shape) = (node, graph.result.nodes[node].shape)
    if position == 1 {
      if layer.transposesWeights {
        shape = [shape[1], shape[0]]
        node = graph.add(Op.Transpose([1, 0]), [node], shape: shape, .float32, path: path)
      }
      return graph.add(QuantizeWeights(scales: weightScales), [node], shape: shape, .int8, path: path)
    }
    guard position == 2, layer.bias != nil else { return node }
    let units = Tensor(weightScales.map { 1 / ($0 * ranges.input.scale) }, shape: shape)
    let factor = graph.add(Op.Constant(units), [], shape: shape, .float32, path: path)
    return graph.add(Op.Multiply(), [node, factor], shape: shape, .float32, path: path)
  }
}
