import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaLayers
import FoveaOneDNN
import FoveaReference
import Synchronization
import Testing

private let workBytes: [KernelVariant: Int] = [.winograd: 20_000_000, .tiles: 2_000_000, .fewTiles: 1_000_000]

/// Times that somebody made up, and what was asked for.
private final class MadeUp: KernelTimings {
  private let seconds: @Sendable (String) -> [KernelVariant: Double]
  let asked = Mutex<[String]>([])

  init(_ seconds: @escaping @Sendable (String) -> [KernelVariant: Double]) { self.seconds = seconds }

  func times(
    for key: String, measuring measure: () -> [KernelVariant: KernelTime]
  ) -> [KernelVariant: KernelTime] {
    asked.withLock { $0.append(key) }
    return Dictionary(
      uniqueKeysWithValues: seconds(key).map {
        (
          $0,
          KernelTime(seconds: $1, isRowMajor: $0 == .rowMajor, scratchBytes: workBytes[$0] ?? 0)
        )
      })
  }
}

/// Two convolutions of square images, 64 and then `filters` filters, and the graph's plan.
private func plan(
  side: Int = 32, filters: Int = 64, _ planning: Planning,
  backends: [any Backend] = [OneDNNBackend(), ReferenceBackend()]
) throws -> Plan {
  let builder = GraphBuilder(isTraining: false)
  var x = builder.input("input", shape: [1, side, side, 64])
  for (name, count) in [("a", 64), ("b", filters)] {
    let weights = builder.parameter(name, shape: [3, 3, 64, count], .heNormal, isTrainable: true)
    x = x.applying(Op.Convolution(Window(size: [3, 3], padding: .same)), weights)
  }
  builder.output("output", x.applying(Op.ReLU()))
  return try Plan(builder.finish(), backends: backends, planning: planning)
}

private func convolutions(_ plan: Plan) -> [String] {
  plan.steps.filter { $0.operation == "convolution" }.map(\.kernel.name)
}

@Test func `without times every node runs in its usual way`() throws {
  let names = convolutions(try plan(Planning(precision: .float32)))
  #expect(names.count == 2 && names.allSatisfy { !$0.contains("wino") && !$0.contains("brgconv") })
}

@Test func `the fastest way is taken, Winograd's not where exactness is asked for`() throws {
  let times = MadeUp { _ in [.usual: 3, .rowMajor: 5, .tiles: 2] }
  #expect(convolutions(try plan(Planning(precision: .float32, timings: times))).allSatisfy { $0.contains("wino") })
  let exact = convolutions(try plan(Planning(precision: .exact, timings: times)))
  #expect(exact == convolutions(try plan(Planning())))
}

@Test func `what costs memory or rounds more has to be a tenth faster`() throws {
  let close = MadeUp { _ in [.usual: 1, .tiles: 0.95] }
  let usual = convolutions(try plan(Planning()))
  #expect(convolutions(try plan(Planning(precision: .float32, timings: close))) == usual)
}

@Test(.enabled(if: OneDNNBackend.emulatesBFloat16, "oneDNN has Winograd's algorithm with AVX-512 alone"))
func `where the most memory is needed, what rounds more anyhow may take longer to write over its input`() throws {
  func tiles(filters: Int = 64, _ times: [KernelVariant: Double]) throws -> Int {
    let made = MadeUp { $0.contains("1024 float32") ? [.usual: 1] : times }
    let plan = try plan(side: 128, filters: filters, Planning(precision: .float32, timings: made))
    return plan.steps.count { $0.kernel.name == "c winograd" }
  }
  #expect(try tiles([.winograd: 1, .tiles: 1.15, .usual: 9]) == 2)
  #expect(try tiles([.winograd: 1, .tiles: 1.3, .usual: 9]) == 2)
  #expect(try tiles([.winograd: 1, .tiles: 1.4, .usual: 9]) == 0)
  #expect(try tiles([.winograd: 9, .tiles: 0.95, .usual: 1]) == 0)
  // The second convolution's result is so large that nothing the first one does helps.
  #expect(try tiles(filters: 1024, [.winograd: 1, .tiles: 1.15, .usual: 9]) == 0)
}

@Test func `fewer tiles at once are taken where the most memory is needed, if they are not much slower`() throws {
  let threads = OneDNNBackend.threads
  defer { OneDNNBackend.threads = threads }
  OneDNNBackend.threads = 2
  /// Two convolutions of 16 images, the second with `filters`: what their kernels work in.
  func scratchBytes(filters: Int = 256, _ times: [KernelVariant: Double]) throws -> [Int] {
    let builder = GraphBuilder(isTraining: false)
    var x = builder.input("input", shape: [16, 13, 13, 256])
    for (name, count) in [("a", 512), ("b", filters)] {
      let weights = builder.parameter(name, shape: [3, 3, x.shape.channels, count], .heNormal, isTrainable: true)
      x = x.applying(Op.Convolution(Window(size: [3, 3], padding: .same)), weights)
    }
    builder.output("output", x.applying(Op.ReLU()))
    let planning = Planning(precision: .float32, timings: MadeUp { _ in times })
    let plan = try Plan(builder.finish(), backends: [OneDNNBackend(), ReferenceBackend()], planning: planning)
    let steps = plan.steps.filter { $0.operation == "convolution" }
    #expect(steps.allSatisfy { $0.kernel.name == "c winograd" })
    return steps.map(\.kernel.scratchBytes)
  }
  let usual = try scratchBytes([.tiles: 1])
  // Both need their images at once; the second one transforms more channels.
  let lean = try scratchBytes([.tiles: 1, .fewTiles: 1.3])
  #expect(lean[0] < usual[0] && lean[1] < usual[1])
  #expect(try scratchBytes([.tiles: 1, .fewTiles: 1.4]) == usual)
  // The second one's result is so large that nothing the first one does helps.
  let first = try scratchBytes(filters: 2048, [.tiles: 1, .fewTiles: 1.3])[0]
  #expect(first == usual[0])
}

@Test func `a graph goes one way where reordering would cost more than it saves`() throws {
  // The second convolution alone is a little slower in rows: less than two reorderings cost.
  let times = MadeUp {
    $0.contains("128 float32") ? [.usual: 1e-4, .rowMajor: 1.01e-4] : [.usual: 2e-4, .rowMajor: 1e-4]
  }
  let rows = try plan(filters: 128, Planning(timings: times))
  #expect(rows.steps.count { $0.operation == "reorder" } == 0)
  // Where it is much slower, it goes its own way.
  let far = MadeUp { $0.contains("128 float32") ? [.usual: 1e-3, .rowMajor: 9e-3] : [.usual: 9e-3, .rowMajor: 1e-3] }
  let mixed = try plan(filters: 128, Planning(timings: far))
  #expect(mixed.steps.count { $0.operation == "reorder" } == 2)
  let orders = mixed.steps.filter { $0.operation == "convolution" }.map {
    $0.kernel.outputLayout.isRowMajor($0.output.shape)
  }
  #expect(Set(orders) == [true, false])
}

@Test func `row-major order has to be a tenth faster than blocks`() throws {
  for (rowMajor, isTaken) in [(0.85, true), (0.95, false)] {
    let times = MadeUp { _ in [.usual: 1e-4, .rowMajor: rowMajor * 1e-4] }
    let found = try plan(filters: 128, Planning(timings: times)).steps.filter { $0.operation == "convolution" }
    #expect(found.allSatisfy { $0.kernel.outputLayout.isRowMajor($0.output.shape) == isTaken })
  }
}

@Test func `a way that keeps the order of its input asks for no reordering`() throws {
  // The first convolution goes row-major, or not; the second follows.
  for first in [KernelVariant.usual, .rowMajor] {
    let times = MadeUp { $0.contains("128 float32") ? [.usual: 9, .tiles: 1] : [first: 1] }
    let followed = try plan(filters: 128, Planning(precision: .float32, timings: times))
    let steps = followed.steps.filter { $0.operation == "convolution" }
    #expect(steps[1].kernel.name == "c winograd")
    let isRowMajor = steps.map { $0.kernel.outputLayout.isRowMajor($0.output.shape) }
    #expect(isRowMajor == [first == .rowMajor, first == .rowMajor])
  }
}

/// The kernels of a step that learns two convolutions of 32×32 pixels.
private func trainingKernels(_ planning: Planning) throws -> [String] {
  let builder = GraphBuilder(isTraining: true)
  var x = builder.input("input", shape: [2, 32, 32, 64])
  var weights: [Value] = []
  for name in ["a", "b"] {
    weights.append(builder.parameter(name, shape: [3, 3, 64, 64], .heNormal, isTrainable: true))
    x = x.applying(Op.Convolution(Window(size: [3, 3], padding: .same)), weights.last!)
  }
  let found = gradients(of: (x * x).applying(Op.Sum(over: [0, 1, 2, 3])), withRespectTo: weights)
  for (parameter, gradient) in zip(weights, found) { (parameter - gradient!).update(parameter) }
  builder.output("output", x)
  let plan = try Plan(builder.finish(), backends: [OneDNNBackend(), ReferenceBackend()], planning: planning)
  return plan.steps.filter { $0.operation.contains("convolution") }.map(\.kernel.name)
}

@Test func `a training goes by sizes, whatever was measured`() throws {
  let times = MadeUp { _ in [.usual: 1, .tiles: 9] }
  for timings in [nil, times] {
    // Forward, and the gradients of inputs and of weights.
    for precision in [Precision.float32, .bfloat16] {
      #expect(
        try trainingKernels(Planning(precision: precision, timings: timings))
          == [String](repeating: "c winograd", count: 6))
    }
    #expect(try trainingKernels(Planning(precision: .exact, timings: timings)).allSatisfy { !$0.contains("winograd") })
  }
  #expect(times.asked.withLock { $0.isEmpty })
}

@Test func `equal nodes are asked for by one name, light ones not at all`() throws {
  let times = MadeUp { _ in [.usual: 1] }
  _ = try plan(Planning(timings: times))
  #expect(times.asked.withLock { Set($0).count == 1 && $0[0].contains("1×32×32×64") })
  let light = MadeUp { _ in [.tiles: 0] }
  let builder = GraphBuilder(isTraining: false)
  let weights = builder.parameter("w", shape: [3, 3, 16, 16], .zeros, isTrainable: true)
  builder.output(
    "y", builder.input("x", shape: [1, 8, 8, 16]).applying(Op.Convolution(Window(size: [3, 3])), weights))
  _ = try Plan(builder.finish(), backends: [OneDNNBackend()], planning: Planning(timings: light))
  #expect(light.asked.withLock { $0.isEmpty })
}

@Test func `measuring finds a time for every way that is there`() throws {
  final class Kept: KernelTimings {
    let found = Mutex<[[KernelVariant: KernelTime]]>([])
    func times(
      for key: String, measuring measure: () -> [KernelVariant: KernelTime]
    ) -> [KernelVariant: KernelTime] {
      let times = measure()
      found.withLock { $0.append(times) }
      return times
    }
  }
  let kept = Kept()
  let measured = try plan(Planning(precision: .float32, timings: kept))
  let times = kept.found.withLock { $0 }
  #expect(times.count == 2)
  #expect(times.allSatisfy { $0[.usual] != nil && $0[.rowMajor]?.isRowMajor == true })
  #expect(times.joined().allSatisfy { $0.value.seconds > 0 && $0.value.seconds < 10 })
  #expect(convolutions(measured).count == 2)
}

@Test func `large weights are packed some rows at a time, so that they need not be in memory twice`() throws {
  let (x, w): (Shape, Shape) = ([2, 3000], [3000, 1030])
  let builder = GraphBuilder(isTraining: false)
  let input = builder.input("x", shape: x)
  builder.output(
    "y", input.applying(Op.MatrixProduct(), builder.parameter("w", shape: w, .zeros, isTrainable: true)))
  let graph = try builder.finish()
  let plan = try Plan(
    graph, backends: [OneDNNBackend(), ReferenceBackend()],
    planning: Planning(timings: MadeUp { _ in [.usual: 2, .panels: 1] }))
  #expect(plan.steps.map(\.kernel.name) == ["c rows by weights"])
  // 2048 rows, and the rest; to panels of 64 columns.
  #expect(plan.preparation.map(\.output.shape) == [[2048, 1030], [952, 1030]])
  #expect(plan.preparation.map(\.output.offset) == [0, 4 * 2048 * 1088])
  #expect(plan.preparedBytes == 4 * 3000 * 1088)
  #expect(plan.peakBytesFromFile < plan.peakBytes - 4 * 952 * 1030)
  func numbers(_ shape: Shape, step: Int) -> Tensor {
    Tensor((0..<shape.count).map { Float($0 * step % 17) / 8 - 1 }, shape: shape)
  }
  let parameters = ["w": numbers(w, step: 5)]
  func result(_ plan: Plan) throws -> [Float] {
    let program = try Program(plan, parameters: ParameterStorage(sharing: parameters))
    program.setInput("x", to: numbers(x, step: 3))
    program.run()
    return program.output("y").floats
  }
  let expected = try result(Plan(graph, backends: [ReferenceBackend()]))
  #expect(try zip(result(plan), expected).allSatisfy { abs($0 - $1) < 1e-3 })
}
