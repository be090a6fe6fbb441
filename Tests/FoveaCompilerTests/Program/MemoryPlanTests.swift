import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaLayers
import FoveaNetwork
import FoveaOneDNN
import FoveaReference
import FoveaTestSupport
import FoveaZoo
import Foundation
import Testing

/// What is wrong with where a plan puts its buffers, found without the plan's own lifetimes.
func misplacedBuffers(_ plan: Plan) -> [String] {
  var uses: [Int: ClosedRange<Int>] = [:]
  func use(_ buffer: Int, at time: Int) {
    let range = uses[buffer] ?? time...time
    uses[buffer] = min(range.lowerBound, time)...max(range.upperBound, time)
  }
  func use(_ steps: [Plan.Step], _ kinds: [Plan.Buffer.Kind]) {
    for (time, step) in steps.enumerated() {
      for buffer in step.inputs.map(\.buffer) + [step.output.buffer] + [step.scratch].compactMap({ $0 })
      where kinds.contains(plan.buffers[buffer].kind) {
        use(buffer, at: time)
      }
    }
  }
  use(plan.steps, [.transient])
  use(plan.preparation, [.preparation])
  for location in plan.inputs.values { use(location.buffer, at: -1) }
  for location in plan.outputs.values where plan.buffers[location.buffer].kind == .transient {
    use(location.buffer, at: plan.steps.count)
  }
  // Prepared weights stay from the preparation to the last run.
  for step in plan.preparation + plan.steps {
    for location in step.inputs + [step.output] where plan.buffers[location.buffer].kind == .prepared {
      uses[location.buffer] = .min ... .max
    }
  }
  for location in plan.outputs.values where plan.buffers[location.buffer].kind == .prepared {
    uses[location.buffer] = .min ... .max
  }

  var mistakes: [String] = []
  let arenas: [(Plan.Buffer.Kind, Int)] = [
    (.transient, plan.arenaBytes), (.prepared, plan.preparedBytes), (.preparation, plan.preparationBytes),
  ]
  for (kind, bytes) in arenas {
    let used = uses.keys.filter { plan.buffers[$0].kind == kind }.sorted()
    var end = 0
    for (position, a) in used.enumerated() {
      let buffer = plan.buffers[a]
      let place = buffer.offset..<(buffer.offset + buffer.byteCount)
      if buffer.offset % 64 != 0 { mistakes.append("buffer \(a) begins at \(buffer.offset)") }
      end = max(end, (place.upperBound + 63) / 64 * 64)
      for b in used[..<position] where uses[a]!.overlaps(uses[b]!) {
        let other = plan.buffers[b]
        if place.overlaps(other.offset..<(other.offset + other.byteCount)) {
          mistakes.append("buffers \(a) and \(b) share bytes")
        }
      }
    }
    if end != bytes { mistakes.append("\(kind): \(bytes) bytes, used are \(end)") }
  }
  for location in (plan.preparation + plan.steps).flatMap({ $0.inputs + [$0.output] })
  where location.offset + location.layout.byteCount(location.shape, location.elementType)
    > plan.buffers[location.buffer].byteCount
  {
    mistakes.append("a part of buffer \(location.buffer) lies past its end")
  }
  return mistakes
}

/// A backend whose kernels do nothing and take no memory.
private struct IdleBackend: Backend {
  let name = "idle"
  func kernel(for request: KernelRequest) -> Kernel? {
    Kernel(
      name: "idle", inputLayouts: request.inputs.map { .rowMajor($0.shape) },
      outputLayout: .rowMajor(request.outputShape),
      overwritableInputs: request.inputs.indices.filter { request.inputs[$0].shape == request.outputShape }
    ) { _ in {} }
  }
  func reorder(_ shape: Shape, _ type: ElementType, from source: Layout, to target: Layout) -> Kernel? { nil }
}

@Test func `a chain that works in place needs the memory of one tensor`() throws {
  let builder = GraphBuilder(isTraining: false)
  var x = builder.input("x", shape: [1000])
  for _ in 0..<5 { x = x.applying(Op.Tanh()) }
  builder.output("y", x)
  let plan = try Plan(builder.finish(), backends: [IdleBackend()])
  #expect(misplacedBuffers(plan) == [])
  #expect(plan.arenaBytes == 4032)  // 4000, up to the next multiple of 64
}

@Test func `a shortcut keeps its tensor alive`() throws {
  let builder = GraphBuilder(isTraining: false)
  let x = builder.input("x", shape: [1024])
  let y = x.applying(Op.Tanh()).applying(Op.Sigmoid())
  builder.output("y", x.applying(Op.Softmax()) + y)
  let plan = try Plan(builder.finish(), backends: [IdleBackend()])
  #expect(misplacedBuffers(plan) == [])
  #expect(plan.arenaBytes == 2 * 4096)
}

/// What the system says about this process, e.g. `VmSize`, in bytes.
private func status(_ name: String) throws -> Int {
  let lines = try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
  let fields = try #require(lines.first { $0.hasPrefix(name + ":") }).split { $0 == " " || $0 == "\t" }
  return try #require(Int(fields[1])) * 1024
}

@Test func `a program takes the memory that its plan says, to the page`() async {
  // In a process of its own: other tests take and free memory, too.
  await #expect(processExitsWith: .success) {
    let builder = GraphBuilder(isTraining: false)
    let shape: Shape = [20 << 20]  // 80 MiB: memory of this size comes straight from the system
    let x = builder.input("x", shape: shape)
    let w = x.parameter("w", shape: shape, .zeros)
    // Known before the first run: the one is only needed to make the other.
    let prepared = w.applying(Op.Scale(2)).applying(Op.Tanh())
    builder.output("y", x + prepared)
    let plan = try Plan(builder.finish(), backends: [IdleBackend()])
    let tensors = ["w": Tensor(shape: shape)]
    let before = try status("VmSize")
    let storage = ParameterStorage(copying: tensors)
    let program = try Program(plan, parameters: storage)
    program.run()
    let taken = try status("VmPeak") - before
    withExtendedLifetime((tensors, storage, program)) {}
    #expect(plan.peakBytes == 3 * 80 << 20)
    #expect(abs(taken - plan.peakBytes) < 1 << 16, "taken: \(taken), planned: \(plan.peakBytes)")
  }
}

/// Two branches of one convolution side by side, both 16 channels wide, and a third that reads the first of them.
private func branches(images: Int) throws -> Graph {
  let builder = GraphBuilder(isTraining: false)
  let x = builder.input("x", shape: [images, 9, 7, 16])
  func convolved(_ x: Value, _ name: String) -> Value {
    x.applying(
      Op.Convolution(Window(size: [3, 3], padding: .same)),
      builder.constant(ReferenceTensor.distinct([3, 3, x.channels, 16], seed: UInt64(name.utf8.first!)).tensor))
  }
  let (a, b) = (convolved(x, "a"), convolved(x, "b"))
  let inner = concatenate([a, b])
  let c = convolved(inner, "c")
  // The first branch also ends in a sum, so that its numbers must stay as they are.
  builder.output("y", convolved(concatenate([inner, c, a + b]), "d"))
  return try builder.finish()
}

@Test(arguments: [1, 2])
func `what is concatenated is written to its place at once, where pieces are whole`(images: Int) throws {
  let graph = try branches(images: images)
  let plan = try Plan(graph, backends: [OneDNNBackend(), ReferenceBackend()])
  #expect(plan.steps.count { $0.operation == "concatenate" } == (images == 1 ? 0 : 2))
  #expect(misplacedBuffers(plan).isEmpty)
  let numbers = ReferenceTensor.distinct([images, 9, 7, 16], seed: 5).tensor
  func result(_ plan: Plan) throws -> [Float] {
    let program = try Program(plan, parameters: ParameterStorage(copying: [:]))
    program.setInput("x", to: numbers)
    program.run()
    return program.output("y").floats
  }
  let expected = try result(Plan(graph, backends: [ReferenceBackend()]))
  let found = try result(plan)
  #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-4 * expected.map(abs).max()! })
}

@Test func `large weights are prepared while little else is there`() throws {
  let builder = GraphBuilder(isTraining: false)
  let x = builder.input("x", shape: [1])
  var y = x
  for (index, size) in [1 << 10, 1 << 16, 1 << 12].enumerated() {
    let w = x.parameter("w\(index)", shape: [size], .zeros)
    // Known before the first run; what is made on the way is as large as the weights.
    y = y + w.applying(Op.Scale(2)).applying(Op.Tanh()).applying(Op.Mean(over: [0], keepingAxes: true))
  }
  builder.output("y", y)
  let plan = try Plan(builder.finish(), backends: [ReferenceBackend()])
  #expect(misplacedBuffers(plan) == [])
  let sizes = plan.preparation.map(\.output.shape.count).filter { $0 > 1 }
  #expect(sizes == [65536, 65536, 4096, 4096, 1024, 1024])
}

@Test(arguments: [BackendChoice.onednn, .reference])
func `a large parameter is rounded some rows at a time, so that it need not be in memory as a whole`(
  backend: BackendChoice
) throws {
  let shape: Shape = [5000, 1024]
  let builder = GraphBuilder(isTraining: false)
  builder.output("y", builder.parameter("w", shape: shape, .zeros, isTrainable: true).applying(RoundToBFloat16()))
  let plan = try Plan(builder.finish(), backends: backend.backends)
  #expect(plan.preparation.map(\.output.shape) == [[2048, 1024], [2048, 1024], [904, 1024]])
  #expect(misplacedBuffers(plan) == [])
  #expect(plan.preparedBytes == 2 * shape.count)
  #expect(plan.peakBytes == 6 * shape.count)
  // The second time: 8 MiB are read, and as much is rounded.
  #expect(plan.peakBytesFromFile == 16 << 20)
  let w = (0..<shape.count).map { Float($0) * 1.37e-3 - 2 }
  let program = try Program(plan, parameters: ParameterStorage(sharing: ["w": Tensor(w, shape: shape)]))
  #expect(program.output("y").floats == w.map { Float(BFloat16($0)) })
}

@Test func `what two steps prepare something of stays until the second`() throws {
  let builder = GraphBuilder(isTraining: false)
  let w = builder.parameter("w", shape: [1024], .zeros, isTrainable: true)
  builder.output("a", w.applying(Op.Tanh()))
  builder.output("b", w.applying(Op.Scale(2)))
  let plan = try Plan(builder.finish(), backends: [IdleBackend()])
  #expect(plan.lastReadings.map { $0.map(\.bytes) } == [[], [0..<4096]])
  #expect(plan.peakBytesFromFile == 3 * 4096)
}

@Test func `no arena is much larger than what is needed at once`() throws {
  for name in ["densenet121", "googlenet", "mobilenet-v2"] {
    let entry = try Catalogue.entry(for: name)
    let graph = try trace(entry.make(), input: [224, 224, 3], batchSize: 4).graph
    let plan = try BackendChoice.onednn.plan(graph, isMeasured: false)
    #expect(misplacedBuffers(plan) == [])
    let need = plan.steps.indices.map { step in
      plan.buffers.reduce(0) { sum, buffer in
        guard buffer.kind == .transient, buffer.lifetime?.contains(step) == true else { return sum }
        return sum + (buffer.byteCount + 63) / 64 * 64
      }
    }
    #expect(Double(plan.arenaBytes) <= 1.06 * Double(try #require(need.max())), "\(name)")
  }
}
