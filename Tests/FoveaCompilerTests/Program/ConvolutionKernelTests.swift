import FoveaCompiler
import FoveaGraph
import FoveaLayers
import FoveaNetwork
import Testing

/// The plan of a training step's gradients of `layer`, or of its inference.
private func plan(_ layer: some Layer, input: Shape, isTraining: Bool) throws -> Plan {
  let builder = GraphBuilder(isTraining: isTraining)
  let y = builder.trace(layer, input: input, batchSize: 4)
  builder.output("output", y)
  if isTraining {
    let loss = (y * y).applying(Op.Sum(over: Array(0..<y.rank)))
    let parameters = builder.graph.parameters.map { builder.value(of: $0.node) }
    let x = builder.value(of: builder.graph.nodes.firstIndex { $0.operation is Op.Input }!)
    for (index, gradient) in gradients(of: loss, withRespectTo: [x] + parameters).enumerated() {
      builder.output("gradient \(index)", try #require(gradient))
    }
  }
  var graph = try builder.finish()
  let backends = BackendChoice.onednn.backends
  Pipeline.standard(backends: backends).run(on: &graph)
  return try Plan(graph, backends: backends)
}

private let layers: [(any Layer, Shape)] = [
  (Conv1D(filters: 17, kernel: 5, dilation: 8, padding: .same, activation: .relu), [64, 16]),
  (Conv2D(filters: 16, kernel: 3, padding: .full), [12, 11, 17]),
  (Conv3D(filters: 8, kernel: 3, strides: 2, padding: .same), [6, 7, 8, 3]),
  (Conv2D(filters: 8, kernel: 3, padding: .same, paddingMode: .reflect, flipped: true), [12, 11, 16]),
  (Conv2D(filters: 16, kernel: 5, connections: .leNet5), [14, 14, 6]),
  (DepthwiseConv1D(kernel: 7, multiplier: 2, padding: .same), [50, 24]),
  (DepthwiseConv2D(kernel: 3, dilation: 2, padding: .same), [14, 14, 32]),
  (DepthwiseConv2D(kernel: 7, padding: .same), [14, 14, 32]),
  (DepthwiseConv3D(kernel: 3), [6, 7, 8, 16]),
  (SeparableConv2D(filters: 16, kernel: 3, multiplier: 2), [14, 14, 8]),
  (TransposedConv1D(filters: 8, kernel: 4, strides: 2), [20, 16]),
  (TransposedConv2D(filters: 8, kernel: 4, strides: 2, padding: .same), [7, 7, 16]),
  (TransposedConv3D(filters: 4, kernel: 2, strides: 2), [4, 4, 4, 8]),
  (LocallyConnected1D(filters: 4, kernel: 3), [20, 8]),
  (LocallyConnected2D(filters: 4, kernel: 3, padding: .same), [8, 9, 3]),
]

@Test(arguments: layers.indices, [false, true])
func `the convolution family needs no reference kernel, forward or backward`(index: Int, isTraining: Bool) throws {
  let (layer, input) = layers[index]
  let plan = try plan(layer, input: input, isTraining: isTraining)
  let slow = (plan.preparation + plan.steps).filter { $0.kernel.name.contains("ref") }
  #expect(slow.map { "\($0.operation): \($0.kernel.name)" } == [], "\(layer)")
}

@Test func `turned kernels and tables of connections are prepared once`() throws {
  let layer = Conv2D(filters: 16, kernel: 5, flipped: true, connections: .leNet5)
  let plan = try plan(layer, input: [14, 14, 6], isTraining: false)
  #expect(plan.preparation.map(\.operation) == ["sparse_map", "sparse_map", "reorder"])
  #expect(plan.steps.allSatisfy { $0.operation.hasPrefix("convolution") || $0.operation == "reorder" })
}
