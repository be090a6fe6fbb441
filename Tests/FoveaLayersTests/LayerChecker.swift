import FoveaLayers
import Testing

/// Checks what every layer must do: give `output` for `input` (shapes of one example) in training and inference, make
/// exactly `parameters` (by path below the layer, with their shapes), and let a gradient reach each that is trained.
func check(
  _ layer: some Layer, input: Shape, output: Shape, parameters: [String: Shape] = [:],
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  for isTraining in [false, true] {
    let traced = try trace(layer.named("it"), input: input, batchSize: 3, isTraining: isTraining)
    #expect(traced.outputShape == output, sourceLocation: sourceLocation)
    let shapes = traced.graph.parameters.map { ($0.parameter.path, $0.parameter.shape) }
    let expected = parameters.map { ("it.\($0.key)", $0.value) }
    #expect(
      Dictionary(uniqueKeysWithValues: shapes) == Dictionary(uniqueKeysWithValues: expected),
      sourceLocation: sourceLocation)
  }

  let builder = GraphBuilder(isTraining: true)
  let y = builder.trace(layer.named("it"), input: input, batchSize: 3)
  let trainable = builder.graph.parameters.filter(\.parameter.isTrainable).map { builder.value(of: $0.node) }
  let loss = y.applying(Op.Sum(over: Array(0..<y.rank)))
  let found = gradients(of: loss, withRespectTo: trainable)
  #expect(found.allSatisfy { $0 != nil }, "a parameter gets no gradient", sourceLocation: sourceLocation)
}

/// The mistakes that `trace` reports, as texts.
func mistakes(_ layer: some Layer, input: Shape, batchSize: Int = 1) -> [String] {
  do {
    let traced = try trace(layer, input: input, batchSize: batchSize)
    Issue.record("traced without a mistake, output \(traced.outputShape)")
    return []
  } catch {
    return error.errors.map(\.description)
  }
}
