import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaLayers
import FoveaNetwork
import FoveaTraining
import FoveaZoo
import Testing

/// A step of momentum on random pictures.
private struct Step {
  let graph: Graph
  let parameters: [String: Tensor]
  let inputs: [String: Tensor]
  let backend: BackendChoice

  init(_ name: String, batchSize: Int = 8, backend: BackendChoice = .onednn) throws {
    let entry = try Catalogue.entry(for: name)
    let network = try Network(entry.make(), input: entry.input!, seed: 5)
    graph = try TrainingProgram.graph(
      network.model, input: network.inputShape, loss: .crossEntropy, optimizer: SGD(momentum: 0.9),
      batchSize: batchSize)
    var tensors = network.parameters
    for (_, parameter) in graph.parameters where tensors[parameter.path] == nil {
      tensors[parameter.path] = Tensor(shape: parameter.shape)
    }
    parameters = tensors
    self.backend = backend
    let stream = RandomStream(seed: 9, stream: RandomStream.identifier(of: "recomputation"))
    let image = Shape([batchSize] + network.inputShape.dimensions)
    let labels = Shape([batchSize] + network.outputShape.dimensions.dropLast())
    inputs = [
      "input": Tensor((0..<image.count).map(stream.normal), shape: image),
      "labels": Tensor(
        (0..<labels.count).map { Int32(stream.integer($0, below: network.outputShape.channels)) }, shape: labels),
      "rates": Tensor([0.01] as [Float], shape: [1]),
      Op.Dropout.stateInput: Tensor([7, 0, 1, 0] as [Int32], shape: [4]),
    ]
  }

  /// The outputs, and all that the parameters are after the step.
  func results(_ plan: Plan) throws -> [String: [UInt8]] {
    let storage = ParameterStorage(copying: parameters)
    return try ComputeThread.shared.run {
      let program = try Program(plan, parameters: storage)
      for (name, tensor) in inputs where program.hasInput(name) {
        tensor.withUnsafeBytes { bytes in program.writeInput(name) { $0.copyMemory(from: bytes) } }
      }
      program.run()
      var results = ["loss": program.output("loss"), "output": program.output("output")]
      for path in storage.paths { results[path] = storage.tensor(path)! }
      return results.mapValues { $0.withUnsafeBytes { Array($0) } }
    }
  }
}

/// The last two need most of their memory for the gradients of dense layers, which stay.
@Test(arguments: [
  ("resnet20", 0.6), ("densenet-cifar:blocks=2-2-2,growth=8", 0.8), ("unet-small:input=32", 0.8),
  ("googlenet:input=96,classes=10", 0.8), ("mobilenet-v2:input=64,classes=10", 0.6), ("lenet5", 1),
  ("alexnet:input=64", 1),
])
func `what is computed again gives the same bits in less memory`(model: String, part: Double) throws {
  let step = try Step(model)
  let whole = try step.backend.plan(step.graph)
  let expected = try step.results(whole)
  var peaks = [whole.arenaBytes]
  for pass in [Recomputation(), Recomputation(segments: 4, emptied: 2), Recomputation(segments: 8, emptied: 7)] {
    var graph = step.graph
    Pipeline.standard(backends: step.backend.backends).run(on: &graph)
    pass.run(on: &graph)
    let plan = try Plan(graph, backends: step.backend.backends)
    #expect(try step.results(plan) == expected, "\(pass)")
    peaks.append(plan.arenaBytes)
  }
  #expect(Double(peaks.min()!) <= Double(whole.arenaBytes) * part, "\(peaks)")
}

@Test(arguments: [
  ("resnet20", 0.97), ("resnet50:input=96,classes=10", 0.95), ("densenet-cifar:blocks=2-2-2,growth=8", 1),
])
func `normalisations are computed again with the same bits, in less memory and next to no time`(
  model: String, part: Double
) throws {
  let step = try Step(model)
  var graph = step.graph
  Pipeline.standard(backends: step.backend.backends).run(on: &graph)
  let whole = try Plan(graph, backends: step.backend.backends)
  RecomputeNormalizations().run(on: &graph)
  let plan = try Plan(graph, backends: step.backend.backends)
  #expect(try step.results(plan) == step.results(whole))
  #expect(Double(plan.arenaBytes) <= Double(whole.arenaBytes) * part)
  #expect(plan.multiplyAdds == whole.multiplyAdds)
  func moved(_ plan: Plan) -> Int {
    plan.steps.filter { $0.operation.contains("batch_normalize") }.flatMap { $0.inputs + [$0.output] }.reduce(0) {
      $0 + $1.shape.count * $1.elementType.byteCount
    }
  }
  #expect((moved(plan) - moved(whole)) * 500 <= plan.multiplyAdds)
}

@Test func `what has no normalisation, or no way back, stays as it is`() throws {
  let step = try Step("lenet5")
  var graph = step.graph
  RecomputeNormalizations().run(on: &graph)
  #expect(graph.nodes.count == step.graph.nodes.count)
  var prediction = try trace(Catalogue.entry(for: "resnet20").make(), input: [32, 32, 3], batchSize: 64).graph
  let count = prediction.nodes.count
  RecomputeNormalizations().run(on: &prediction)
  #expect(prediction.nodes.count == count)
}

@Test func `a limit is kept with as little arithmetic as it takes, or refused`() throws {
  let step = try Step("resnet20")
  let whole = try step.backend.plan(step.graph)
  func plan(_ part: Double) throws -> Plan {
    try step.backend.plan(step.graph, memoryLimit: Int(Double(whole.peakBytes) * part))
  }
  #expect(try plan(1).steps.count == whole.steps.count)
  // Normalisation and activations again, no convolution.
  let light = try plan(0.9)
  #expect(light.peakBytes <= whole.peakBytes * 9 / 10)
  #expect(light.multiplyAdds == whole.multiplyAdds)
  #expect(light.steps.count > whole.steps.count)
  let heavy = try plan(0.6)
  #expect(heavy.peakBytes <= whole.peakBytes * 6 / 10)
  #expect(whole.multiplyAdds < heavy.multiplyAdds)
  // A step is three passes of arithmetic, one of them forward.
  #expect(heavy.multiplyAdds * 3 <= whole.multiplyAdds * 4)
  let error = #expect(throws: PlanError.self) { try plan(0.05) }
  #expect(error?.description.contains("even where results are computed again instead of kept") == true)
}
