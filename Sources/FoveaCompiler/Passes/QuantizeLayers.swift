package import FoveaCore
public import FoveaGraph

/// Lets layers compute with whole numbers of 8 bits where a calibration says what their inputs are.
///
/// Results that only such layers read stay whole, through max pooling and views, too; others become `float32` in the
/// kernel that makes them. Layers that no backend can run so stay as they are.
///
/// - Source: Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
///   Inference", §2.4.
public struct QuantizeLayers: Pass {
  let quantization: Quantization
  /// By the paths of weights: for each output channel, what 1 stands for.
  let weightScales: [String: [Float]]
  /// Whether a node can run: its operation, and the shapes and types of what it reads.
  let canRun: @Sendable (Quantized, [(Shape, ElementType)]) -> Bool

  package init(
    _ quantization: Quantization, weightScales: [String: [Float]],
    canRun: @escaping @Sendable (Quantized, [(Shape, ElementType)]) -> Bool
  ) {
    (self.quantization, self.weightScales, self.canRun) = (quantization, weightScales, canRun)
  }

  public func run(on graph: inout Graph) {
    var rewriting = Rewriting(graph, sites: sites(in: graph))
    rewriting.run()
    graph = rewriting.result
    graph.removeDeadNodes()
  }

  /// A layer that is to compute with whole numbers.
  fileprivate struct Site {
    let layer: QuantizableLayer
    let ranges: Quantization.Layer
    let weightScales: [Float]
  }

  private func sites(in graph: Graph) -> [Graph.NodeID: Site] {
    var sites: [Graph.NodeID: Site] = [:]
    for layer in graph.quantizableLayers {
      guard let ranges = quantization.layers[layer.path], let scales = weightScales[layer.path],
        scales.count == graph.nodes[layer.node].shape.channels
      else { continue }
      let plain = Quantized(layer.base, layer.epilogue, input: ranges.input, weights: scales)
      let types = [ranges.input.elementType, .int8] + graph.nodes[layer.node].inputs.dropFirst(2).map { _ in .float32 }
      var operands = zip(graph.nodes[layer.node].inputs, types).map { (graph.nodes[$0].shape, $1) }
      if layer.transposesWeights { operands[1].0 = [operands[1].0[1], operands[1].0[0]] }
      if canRun(plain, operands) { sites[layer.node] = Site(layer: layer, ranges: ranges, weightScales: scales) }
    }
    return sites
  }
}

/// The graph with whole numbers, as far as it is made.
private struct Rewriting {
  let old: Graph
  let sites: [Graph.NodeID: QuantizeLayers.Site]
  var result = Graph()
  /// For each old node, the range of the whole numbers that its result consists of; `nil` if it is `float32`.
  private var whole: [Quantization.Range?]
  /// For each old node, the new ones that have its result: as numbers, and as whole ones of some range.
  private var numbers: [Graph.NodeID?]
  private var wholeNumbers: [[Quantization.Range: Graph.NodeID]]

  init(_ graph: Graph, sites: [Graph.NodeID: QuantizeLayers.Site]) {
    (old, self.sites) = (graph, sites)
    whole = graph.nodes.map { _ in nil }
    numbers = graph.nodes.map { _ in nil }
    wholeNumbers = graph.nodes.map { _ in [:] }
    let (isRoot, users) = (Set(graph.roots), graph.users)
    // From the last to the first, since readers decide.
    for id in graph.nodes.indices.reversed() where !isRoot.contains(id) && canBeWhole(id) {
      let wanted = users[id].map { range(of: id, readBy: $0) }
      if let first = wanted.first, let range = first, wanted.allSatisfy({ $0 == range }) { whole[id] = range }
    }
  }

  /// Whether the kernel of a node can give whole numbers.
  private func canBeWhole(_ id: Graph.NodeID) -> Bool {
    if let site = sites[id] {
      let epilogue = site.layer.epilogue
      return (epilogue.activation == nil || epilogue.activation == .relu)
        && (!epilogue.hasResidual || site.ranges.residual != nil)
    }
    return passesWholeNumbers(id)
  }

  /// Whether a node gives its input's numbers, only fewer of them or in another order.
  private func passesWholeNumbers(_ id: Graph.NodeID) -> Bool {
    old.nodes[id].operation is Op.MaxPool || old.nodes[id].operation is any ViewOperation
  }

  /// The range in which a reader takes the result of `id`.
  private func range(of id: Graph.NodeID, readBy reader: Graph.NodeID) -> Quantization.Range? {
    guard let site = sites[reader] else { return passesWholeNumbers(reader) ? whole[reader] : nil }
    if site.layer.input == id { return site.layer.residual == id ? nil : site.ranges.input }
    return site.layer.residual == id && whole[reader] != nil ? site.ranges.residual : nil
  }

  mutating func run() {
    for (id, var node) in old.nodes.enumerated() {
      if let site = sites[id] {
        add(site, id)
      } else if let range = whole[id] {
        let input = wholeNumbers(of: node.inputs[0], range)
        wholeNumbers[id][range] = add(node.operation, [input], shape: node.shape, range.elementType, node.path)
      } else {
        node.inputs = node.inputs.map { self.numbers(of: $0) }
        result.nodes.append(node)
        numbers[id] = result.nodes.count - 1
      }
    }
    result.outputs = old.outputs.map { .init(name: $0.name, node: numbers(of: $0.node)) }
    result.updates = old.updates
    for i in old.updates.indices {
      result.updates[i].parameter = numbers(of: old.updates[i].parameter)
      result.updates[i].value = numbers(of: old.updates[i].value)
    }
  }

  private mutating func add(_ site: QuantizeLayers.Site, _ id: Graph.NodeID) {
    let (node, layer, output) = (old.nodes[id], site.layer, whole[id])
    var inputs = [wholeNumbers(of: layer.input, site.ranges.input)]
    var (weights, shape) = (numbers(of: layer.weights), old.nodes[layer.weights].shape)
    if layer.transposesWeights {
      shape = [shape[1], shape[0]]
      weights = add(Op.Transpose([1, 0]), [weights], shape: shape, .float32, node.path)
    }
    inputs.append(add(QuantizeWeights(scales: site.weightScales), [weights], shape: shape, .int8, node.path))
    if let bias = layer.bias {
      let units = Tensor(site.weightScales.map { 1 / ($0 * site.ranges.input.scale) }, shape: [site.weightScales.count])
      let factor = add(Op.Constant(units), [], shape: units.shape, .float32, node.path)
      inputs.append(add(Op.Multiply(), [numbers(of: bias), factor], shape: units.shape, .float32, node.path))
    }
    let residual = output == nil ? nil : site.ranges.residual
    if let added = layer.residual {
      inputs.append(residual.map { wholeNumbers(of: added, $0) } ?? numbers(of: added))
    }
    let new = add(
      Quantized(
        layer.base, layer.epilogue, input: site.ranges.input, weights: site.weightScales,
        residual: layer.residual == nil ? nil : residual, output: output),
      inputs, shape: node.shape, output?.elementType ?? .float32, node.path)
    if let output { wholeNumbers[id][output] = new } else { numbers[id] = new }
  }

  private mutating func numbers(of id: Graph.NodeID) -> Graph.NodeID {
    if let known = numbers[id] { return known }
    let (range, source) = wholeNumbers[id].first!
    let new = add(Dequantize(range), [source], shape: old.nodes[id].shape, .float32, old.nodes[id].path)
    numbers[id] = new
    return new
  }

  private mutating func wholeNumbers(of id: Graph.NodeID, _ range: Quantization.Range) -> Graph.NodeID {
    if let known = wholeNumbers[id][range] { return known }
    let source = numbers(of: id)
    let new = add(Quantize(range), [source], shape: old.nodes[id].shape, range.elementType, old.nodes[id].path)
    wholeNumbers[id][range] = new
    return new
  }

  private mutating func add(
    _ operation: any Operation, _ inputs: [Graph.NodeID], shape: Shape, _ type: ElementType, _ path: String
  ) -> Graph.NodeID {
    result.nodes.append(.init(operation, inputs: inputs, shape: shape, elementType: type, path: path))
    return result.nodes.count - 1
  }
}
