import FoveaCompiler
import FoveaLayers
import FoveaNetwork
import FoveaTraining

/// `fovea summary`: the layer table and the exact memory.
enum SummaryCommand: Command {
  static let name = "summary"
  static let summary = "shows the layers of a model, and the exact memory that it needs"
  static let discussion = """
     The model does not run: shapes, multiply-adds and memory are known before. (Which kernels it will have is measured \
    the first time, and kept.) \
    Output, activation bytes and multiply-adds are those of one example, the memory that of a batch; predictions go \
    through a large batch in parts, where each is enough work, or only the first layers do. \
    What a process has besides, its libraries and the code of kernels, is not part of a plan, and told as far as it is known; \
    the caller's pictures come on top.
    """
  static let positionals = [Positional.modelOrFile]
  static let batchSize = Option(
    "batch-size", "N", "the examples of a batch, for the memory", .integer(1...1_048_576), default: 1)
  static let training = Option("training", "the memory and the kernels of training (momentum), not of predicting")
  static let kernels = Option("kernels", "lists what runs: the kernel of each step and how its numbers lie in memory")
  static let options: [any OptionDeclaration] = [
    Common.input, batchSize, training, Predict.precision, Common.memoryLimit, kernels, Common.exact, Common.backend,
    Common.json,
  ]

  private struct Report: Encodable {
    let model: String
    let input: Shape
    let elementType: ElementType
    let batchSize: Int
    /// The examples that are computed at once.
    let partSize: Int
    /// The layers that go through these in smaller parts.
    let front: Front?
    let isTraining: Bool
    let summary: Summary
    let memory: Memory
    let kernels: KernelList?

    private enum Keys: String, CodingKey {
      case model, input, elementType, batchSize, partSize, front, training, peakBytes, memory, kernels, reorders
    }

    /// The fields of the summary and its own side by side.
    func encode(to encoder: any Encoder) throws {
      try summary.encode(to: encoder)
      var values = encoder.container(keyedBy: Keys.self)
      try values.encode(model, forKey: .model)
      try values.encode(input, forKey: .input)
      try values.encode(elementType, forKey: .elementType)
      try values.encode(batchSize, forKey: .batchSize)
      try values.encode(partSize, forKey: .partSize)
      try values.encodeIfPresent(front, forKey: .front)
      try values.encode(isTraining, forKey: .training)
      try values.encode(memory.peakBytes, forKey: .peakBytes)
      try values.encode(memory, forKey: .memory)
      try values.encodeIfPresent(kernels?.rows, forKey: .kernels)
      try values.encodeIfPresent(kernels?.reorders, forKey: .reorders)
    }
  }

  /// The first layers, which go through a batch in parts.
  private struct Front: Encodable {
    let lastLayer: String
    let partSize: Int

    init?(_ plan: Plan) {
      // What passes added may belong to no layer.
      guard let last = plan.steps[plan.front.steps].last(where: { !$0.path.isEmpty }), let input = plan.inputs["input"]
      else { return nil }
      (lastLayer, partSize) = (last.path, input.shape[0])
    }
  }

  /// What a program holds at once, in bytes.
  private struct Memory: Encodable {
    let parameterBytes: Int
    let preparedBytes: Int
    let arenaBytes: Int
    let peakBytes: Int
    /// Where the parameters lie in a model file, which training copies.
    let peakBytesFromFile: Int?
    /// What a process has besides, about.
    let processBytes: Int

    init(_ plan: Plan, isTraining: Bool) {
      (parameterBytes, preparedBytes) = (plan.parameterBytes, plan.preparedBytes)
      (arenaBytes, peakBytes) = (plan.workingBytes, plan.peakBytes)
      peakBytesFromFile = isTraining ? nil : plan.peakBytesFromFile
      processBytes = ProcessMemory.bytes(plan)
    }
  }

  static func run(_ arguments: Arguments) throws {
    let backend = arguments[Common.backend]
    let reference = try ModelReference(arguments[positionals[0]][0], input: arguments[Common.input], backend: backend)
    let (model, input) = (reference.model(), try reference.input(arguments[Common.input]))
    let size = arguments[batchSize]
    let type = reference.elementType
    let summary = try trace(model, input: input, elementType: type).summary
    let limit = arguments[Common.memoryLimit]
    if limit != nil, !arguments[training] { throw UsageError("--memory-limit is for --training") }
    let precision = try arguments[Predict.precision].precision(isExact: arguments[Common.exact])
    NumberType.noteFallback(of: arguments[Predict.precision])
    let part =
      arguments[training] ? size : reference.partSize(of: size, summary)
    let plan =
      arguments[training]
      ? try TrainingProgram.plan(
        TrainingProgram.graph(
          model, input: input, elementType: type, loss: .crossEntropy, optimizer: SGD(momentum: 0.9), batchSize: size),
        backend: backend, precision: precision, memoryLimit: limit)
      : try reference.plan(input: input, batchSize: part, precision: precision, backend: backend)
    let report = Report(
      model: reference.name, input: input, elementType: type, batchSize: size, partSize: part, front: Front(plan),
      isTraining: arguments[training], summary: summary, memory: Memory(plan, isTraining: arguments[training]),
      kernels: arguments[kernels] ? KernelList(plan) : nil)
    if arguments[Common.json] { return try Console.printJSON(report) }
    let isQuantized = if case .saved(let network) = reference { network.quantization != nil } else { false }
    let suffix =
      (type == .float32 ? "" : " of \(type)") + (isQuantized ? ", computing with whole numbers of 8 bits" : "")
    try Console.print("\(report.model), input \(input)\(suffix)\n\n\(summary)\n\n\(memoryText(report))")
    if let kernels = report.kernels { try Console.print("\n\(kernels)") }
  }

  private static func memoryText(_ report: Report) -> String {
    let what = report.isTraining ? "training" : "predicting"
    let memory = report.memory
    let rows =
      [
        ["parameters" + (report.isTraining ? " and optimizer" : ""), grouped(memory.parameterBytes)],
        ["weights in the kernels' layouts", grouped(memory.preparedBytes)],
        ["work space", grouped(memory.arenaBytes)],
        ["at most at once", grouped(memory.peakBytes)],
      ] + (memory.peakBytesFromFile.map { [["at most at once, with the weights in a file", grouped($0)]] } ?? [])
      + [["what a process has besides, about", grouped(memory.processBytes)]]
    let parts =
      (report.partSize == report.batchSize ? "" : " in parts of \(report.partSize)")
      + (report.front.map { ", up to \($0.lastLayer) in parts of \($0.partSize)" } ?? "")
    return "memory of \(what) with a batch of \(report.batchSize)\(parts), in bytes:\n"
      + aligned(rows, rightAligned: [1]).map { "  " + $0 }.joined(separator: "\n")
  }
}
