package import FoveaCompiler
package import FoveaCore
package import FoveaGraph

/// Brings a quantisation into a graph that has gone through all passes: the weights' scales follow from the parameters.
package struct LayerQuantizer {
  private let quantization: Quantization
  private let parameters: [String: Tensor]

  package init(_ quantization: Quantization, _ parameters: [String: Tensor]) {
    (self.quantization, self.parameters) = (quantization, parameters)
  }

  package func run(on graph: inout Graph, backends: [any Backend]) throws {
    guard let backend = backends.first else { return }
    let layers = graph.quantizableLayers.filter { quantization.layers[$0.path] != nil }
    var scales: [String: [Float]] = [:]
    for layer in layers {
      scales[layer.path] = try weightScales(of: layer, in: graph, backends)
      // What lies in a file is read again, layer by layer, when the weights are prepared.
      parameters[layer.path]?.sharedMemory.putAside()
    }
    QuantizeLayers(quantization, weightScales: scales, backend: backend).run(on: &graph)
  }

  /// For each output channel, what 1 stands for: the largest weight is ±127.
  private func weightScales(
    of layer: QuantizableLayer, in graph: Graph, _ backends: [any Backend]
  ) throws -> [Float] {
    let shape = graph.nodes[layer.weights].shape
    let (rows, columns) = (shape.count / shape.channels, shape.channels)
    let isTransposed = layer.transposesWeights
    var largest = [Float](repeating: 0, count: isTransposed ? rows : columns)
    try withValue(of: layer.weights, in: graph, backends) { bytes in
      let numbers = bytes.bindMemory(to: Float.self)
      for row in 0..<rows {
        for column in 0..<columns {
          let channel = isTransposed ? row : column
          largest[channel] = max(largest[channel], abs(numbers[row * columns + column]))
        }
      }
    }
    return largest.map { Quantization.Range(largest: $0, isSigned: true).scale }
  }

  /// Lets `body` read what a node is that only parameters and constants decide, row-major.
  private func withValue(
    of id: Graph.NodeID, in graph: Graph, _ backends: [any Backend], _ body: (UnsafeRawBufferPointer) -> Void
  ) throws {
    if let parameter = graph.nodes[id].operation as? Op.Parameter, let tensor = parameters[parameter.path] {
      return tensor.withUnsafeBytes(body)
    }
    var part = graph
    (part.outputs, part.updates) = ([.init(name: "weights", node: id)], [])
    part.removeDeadNodes()
    let program = try Program(Plan(part, backends: backends), parameters: ParameterStorage(sharing: parameters))
    program.run()
    program.readOutput("weights", body)
  }
}
