import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaOneDNN
import FoveaReference
import FoveaTestSupport
import Testing

private let backends: [[any Backend]] = [
  [OneDNNBackend(), ReferenceBackend()], [ReferenceBackend()], [ChannelsFirstBackend(), ReferenceBackend()],
]

/// Variances are positive; everything else has both signs.
private func range(_ name: String) -> ClosedRange<Double> { name.hasPrefix("moments") ? 0.2...1 : -1...1 }

@Test(arguments: 0..<60) func `random networks compute what their graph says, on every backend`(seed: Int) throws {
  for isTraining in [false, true] {
    var random = RandomGraph(seed: seed)
    let graph = try random.build(isTraining: isTraining)
    let feed = graph.feed(in: range)
    let expected = graph.results(on: feed)
    for backends in backends {
      for passes in [nil, Pipeline.standard(backends: backends)] {
        let run = try ProgramRun(graph, on: backends, passes: passes, feed: feed)
        #expect(misplacedBuffers(run.plan) == [])
        let worst = largestError(of: try run(feed), to: expected)
        #expect(
          worst.error < 2e-4,
          "\(worst.name) on \(backends[0].name), \(passes == nil ? "no passes" : "passes"), training \(isTraining)")
      }
    }
  }
}

@Test(arguments: 0..<10) func `the same network twice gives the same bits`(seed: Int) throws {
  var random = RandomGraph(seed: seed)
  let graph = try random.build(isTraining: true)
  let feed = graph.feed(in: range)
  let passes = Pipeline.standard(backends: backends[0])
  func results() throws -> [[String: Tensor]] {
    let run = try ProgramRun(graph, on: backends[0], passes: passes, feed: feed)
    return try (0..<3).map { _ in try run(feed) }
  }
  #expect(try results() == results())
}

@Test(arguments: 0..<10) func `a network for inference gives the same bits again and again`(seed: Int) throws {
  var random = RandomGraph(seed: seed)
  let graph = try random.build(isTraining: false)
  let feed = graph.feed(in: range)
  let run = try ProgramRun(graph, on: backends[0], passes: .standard(backends: backends[0]), feed: feed)
  let first = try run(feed)
  #expect(try run(feed) == first)
}

@Test(arguments: [0, 1, 2]) func `weights prepared again are those that the parameters hold now`(choice: Int) throws {
  let builder = GraphBuilder(isTraining: false)
  let x = builder.input("x", shape: [2, 6, 6, 16])
  let product = x.applying(
    Op.Convolution(Window(size: [3, 3], padding: .same)), parameter(builder, "weights", 3, 3, 16, 16))
  let norm = product.applying(
    Op.BatchNormalize(epsilon: 1e-3), parameter(builder, "moments", 2, 16), parameter(builder, "scale", 16),
    parameter(builder, "shift", 16))
  builder.output("y", norm)
  let graph = try builder.finish()
  var feed = graph.feed(in: range)
  let run = try ProgramRun(graph, on: backends[choice], passes: .standard(backends: backends[choice]), feed: feed)
  #expect(!run.plan.preparation.isEmpty)
  let before = try run(feed)
  for (path, seed) in [("weights", 7), ("moments", 8), ("shift", 9)] as [(String, UInt64)] {
    feed[path] = .distinct(feed[path]!.shape, in: range(path), seed: seed)
    run.storage.set(path, to: feed[path]!.tensor)
  }
  try run.prepareWeights()
  let after = try run(feed)
  #expect(after != before)
  #expect(largestError(of: after, to: graph.results(on: feed)).error < 1e-5)
}

@Test func `a sum over a shortcut is not written over the convolution's own input`() throws {
  for filters in [3, 8, 16, 32] {
    for side in [1, 3] {
      let builder = GraphBuilder(isTraining: false)
      var x = builder.input("x", shape: [2, 9, 9, filters])
      for block in 0..<3 {
        let weights = parameter(builder, "weights \(block)", side, side, filters, filters)
        let y = x.applying(Op.Convolution(Window(size: [side, side], padding: .same)), weights)
        x = (x + y).applying(Op.ReLU())
      }
      let row = x.applying(Op.Mean(over: [1, 2]))
      builder.output("y", row + matmul(row, parameter(builder, "dense", filters, filters)))
      let graph = try builder.finish()
      let feed = graph.feed(in: range)
      for backends in backends {
        let run = try ProgramRun(graph, on: backends, passes: .standard(backends: backends), feed: feed)
        let worst = largestError(of: try run(feed), to: graph.results(on: feed))
        #expect(worst.error < 1e-5, "\(filters) filters of \(side)×\(side) on \(backends[0].name)")
      }
    }
  }
}

@Test func `a parameter that is missing or has another shape is an error`() throws {
  let builder = GraphBuilder(isTraining: false)
  builder.output("y", builder.input("x", shape: [3]) * parameter(builder, "layer.w", 3))
  let plan = try Plan(builder.finish(), backends: [ReferenceBackend()])
  func mistake(_ tensors: [String: Tensor]) -> String? {
    #expect(throws: PlanError.self) { try Program(plan, parameters: ParameterStorage(copying: tensors)) }?.description
  }
  #expect(mistake([:]) == "the parameter layer.w is missing; load weights that have it")
  #expect(
    mistake(["layer.w": Tensor(shape: [2, 2])])
      == "the parameter layer.w has the shape 2×2, the model's is 3")
  // The same number of bytes is not the same shape.
  #expect(
    mistake(["layer.w": Tensor(shape: [1, 3])])
      == "the parameter layer.w has the shape 1×3, the model's is 3")
}

@Test func `an operation that no backend has is an error that names it`() throws {
  struct Nothing: Backend {
    let name = "nothing"
    func kernel(for request: KernelRequest) -> Kernel? { nil }
    func reorder(_ shape: Shape, _ type: ElementType, from source: Layout, to target: Layout) -> Kernel? { nil }
  }
  let builder = GraphBuilder(isTraining: false)
  builder.scope(named: "stem", kind: "layer") {
    builder.output("y", builder.input("x", shape: [3]).applying(Op.Tanh()))
  }
  let graph = try builder.finish()
  let error = #expect(throws: PlanError.self) { try Plan(graph, backends: [Nothing()]) }
  #expect(error?.description.contains("stem: no backend of [\"nothing\"] can run tanh on 3") == true)
}

@Test func `a backend that fails has no kernel: the next one is asked`() throws {
  struct Failing: Backend {
    struct Failure: Error, CustomStringConvertible { let description = "status 5" }
    let name = "failing"
    func kernel(for request: KernelRequest) throws -> Kernel? { throw Failure() }
    func reorder(_ shape: Shape, _ type: ElementType, from source: Layout, to target: Layout) throws -> Kernel? {
      throw Failure()
    }
  }
  let builder = GraphBuilder(isTraining: false)
  builder.scope(named: "stem", kind: "layer") {
    builder.output("y", builder.input("x", shape: [3]).applying(Op.Tanh()))
  }
  let graph = try builder.finish()
  #expect(try Plan(graph, backends: [Failing(), ReferenceBackend()]).steps.count == 1)
  let error = #expect(throws: PlanError.self) { try Plan(graph, backends: [Failing()]) }
  #expect(
    error?.description == "stem: no backend of [\"failing\"] can run tanh on 3; failing says: status 5; "
      + "use smaller layers, or add the reference backend")
}

@Test func `steps take time, each its own`() throws {
  let builder = GraphBuilder(isTraining: false)
  builder.output("y", builder.input("x", shape: [64, 64]).applying(Op.Tanh()).applying(Op.Softmax()))
  let plan = try Plan(builder.finish(), backends: [ReferenceBackend()])
  let program = try Program(plan, parameters: ParameterStorage(copying: [:]))
  let numbers = ReferenceTensor.distinct([64, 64]).tensor
  program.setInput("x", to: numbers)
  program.run()
  let expected = program.output("y")
  program.setInput("x", to: numbers)
  let seconds = program.runTimed()
  #expect(seconds.count == plan.steps.count && seconds.allSatisfy { $0 > 0 })
  #expect(program.output("y") == expected)
}
