package import FoveaCompiler
package import FoveaLayers
import FoveaOneDNN
import FoveaReference
package import Synchronization

/// What runs the operations of a network.
public enum BackendChoice: String, Sendable, CaseIterable, Codable {
  /// oneDNN and our C kernels; the reference kernels for what they lack.
  case onednn
  /// Textbook loops: slow, and the definition of every operation.
  case reference

  package var backends: [any Backend] {
    switch self {
    case .onednn: [OneDNNBackend(), ReferenceBackend()]
    case .reference: [ReferenceBackend()]
    }
  }

  /// The plan of a graph: passes, kernels, layouts, memory.
  ///
  /// Made on the thread that will run it: kernels are chosen for its number of threads.
  ///
  /// - Parameters:
  ///   - lowering: which layers compute with whole numbers.
  ///   - isMeasured: whether heavy nodes get the kernel that is fastest here, which is measured the first time; for
  ///     graphs that run once, that is no gain.
  ///   - memoryLimit: the most bytes at once, for a training step: results are computed again instead of kept as far as
  ///     that takes.
  ///   - otherBytes: what counts besides.
  ///   - part: the same graph for so many examples, where examples of a batch do not depend on each other: its first
  ///     layers may then go through the batch in parts.
  package func plan(
    _ graph: Graph, precision: Precision = .exact, lowering: LayerQuantizer? = nil, isMeasured: Bool = true,
    memoryLimit: Int? = nil, otherBytes: Int = 0, part: ((_ batchSize: Int) throws -> Graph)? = nil
  ) throws -> Plan {
    try ComputeThread.shared.run {
      var graph = try optimized(graph, precision, lowering)
      if let part, let front = FrontInParts(graph) {
        graph = graph.joining(try optimized(part(front.size), precision, lowering), at: front.cut) ?? graph
      }
      let timings =
        isMeasured && self == .onednn
        ? KernelTimingFile.shared(version: backends[0].version, threads: OneDNNBackend.threads) : nil
      defer {
        timings?.save()
        finishPlanning()
      }
      let planning = Planning(precision: precision, timings: timings)
      return try Plan.fitting(graph, limit: memoryLimit ?? .max, otherBytes: otherBytes) {
        try Plan($0, backends: backends, planning: planning)
      }
    }
  }

  /// Gives back what was made for plans only. Once more when graphs and plans are no longer held: small pieces of memory go
  /// back to the system only then.
  package func finishPlanning() { for backend in backends { backend.finishPlanning() } }

  /// A graph after all passes.
  private func optimized(_ graph: Graph, _ precision: Precision, _ lowering: LayerQuantizer?) throws -> Graph {
    var graph = graph
    Pipeline.standard(backends: backends).run(on: &graph)
    try lowering?.run(on: &graph, backends: backends)
    if precision == .bfloat16,
      self == .reference || Self.computesBFloat16 || Self.emulatesBFloat16.load(ordering: .relaxed)
    {
      LowerPrecision(backend: backends[0]).run(on: &graph)
      FuseNormalization(backend: backends[0]).run(on: &graph)
    }
    RecomputeNormalizations().run(on: &graph)
    return graph
  }

  /// Runs a graph once; the results by the names of its outputs.
  ///
  /// - Parameter inputs: by name; those that the graph does not ask for are passed over.
  package func run(
    _ graph: Graph, on inputs: [String: Tensor], parameters: [String: Tensor]
  ) throws -> [String: Tensor] {
    try ComputeThread.shared.run {
      let program = try Program(plan(graph, isMeasured: false), parameters: ParameterStorage(sharing: parameters))
      for (name, input) in inputs where program.hasInput(name) { program.setInput(name, to: input) }
      program.run()
      return Dictionary(
        graph.outputs.map { ($0.name, program.output($0.name)) }, uniquingKeysWith: { first, _ in first })
    }
  }

  /// Whether the processor multiplies bfloat16 numbers (AVX512-BF16 or AMX). Without, `Precision.bfloat16` computes in
  /// `float32`.
  public static var computesBFloat16: Bool { OneDNNBackend.computesBFloat16 }

  /// Whether the processor multiplies bytes (AVX512-VNNI or AVX-VNNI). Without, layers with whole numbers compute in
  /// `float32` on `onednn`.
  public static var computesWholeNumbers: Bool { OneDNNBackend.computesWholeNumbers }

  /// Lets oneDNN compute bfloat16 by way of `float32`, as tests of it want it; that is slow.
  package static let emulatesBFloat16 = Atomic(false)

  /// The threads that kernels run on, 1...1024; all processors by default.
  ///
  /// Their number decides in which order partial sums are added: the same bits come of the same number. Set it before
  /// the first prediction or training.
  public static var threads: Int {
    get { (try? ComputeThread.shared.run { OneDNNBackend.threads }) ?? 1 }
    set { try? ComputeThread.shared.run { OneDNNBackend.threads = allowedThreads(newValue) } }
  }

  package static let mostThreads = 1024

  /// A number outside is brought inside: a setter cannot throw.
  package static func allowedThreads(_ wanted: Int) -> Int { min(max(wanted, 1), mostThreads) }
}
