import FoveaCompiler
import FoveaCore
import FoveaLayers
import FoveaNetwork
import FoveaTraining
internal import FoundationEssentials
internal import Glibc

/// `fovea bench`: how fast a model runs here.
enum Bench: Command {
  static let name = "bench"
  static let summary = "measures how many images a second a model predicts or learns, and its memory"
  static let discussion = """
     The input is random; a model of the catalogue has random weights, which lie in a file for a while, as a service's \
    do. After a warm-up, batches run for the given time; the result is the median over them, with \
    the quartiles, and the peak of the process's resident memory. Beside it stands what this machine can do: the \
    product of two large matrices, and a pass over memory, measured right after.

    With --profile, each step of the program: its time, its arithmetic and its traffic (what it reads and writes), and \
    the least time that the two ceilings allow as a part of the time it took; above 100 % where numbers lay in a cache. A \
    large batch is predicted in parts (`fovea summary` says how large they are); the profile is that of one, or, where \
    only the first layers go in parts, of all.
    """
  static let examples = ["bench resnet50 --batch-size 16 --profile", "bench lenet5 --training --json"]
  static let positionals = [Positional.modelOrFile]
  static let batchSize = Option("batch-size", "N", "the examples of a batch", .integer(1...1_048_576), default: 128)
  static let training = Option("training", "steps of SGD with momentum, not predictions")
  /// What is computed with.
  enum Precision: String, CaseIterable, Sendable { case float32, bfloat16, int8 }
  static let precision = Option(
    "precision", "TYPE",
    "float32; bfloat16 for products and activations of 16 bits; or int8 for whole numbers, with ranges that fit the random input "
      + "(a quantized model file needs no saying)",
    .choice, default: Precision.float32)
  static let profile = Option("profile", "lists the time of each step")
  static let seconds = Option(
    "seconds", "S", "how long to measure", .number("a number of seconds from 0 to 3600") { (0...3600).contains($0) },
    default: 6, "6")
  static let options: [any OptionDeclaration] = [
    batchSize, training, precision, Common.memoryLimit, profile, Common.input, seconds, Common.exact, Common.threads,
    Common.backend, Common.json,
  ]

  /// A run of the model, each time on the same input.
  private struct Work {
    let plan: Plan
    /// How often the program runs for it: a large batch is predicted in parts.
    let runs: Int
    let run: (_ program: (Program) -> Void) throws -> Void
  }

  static func run(_ arguments: Arguments) throws {
    Common.apply(arguments)
    let backend = arguments[Common.backend]
    let reference = try ModelReference(arguments[positionals[0]][0], backend: backend)
    let network = try network(reference, arguments)
    let type: NumberType = arguments[precision] == .bfloat16 ? .bfloat16 : .float32
    network.precision = try type.precision(isExact: arguments[Common.exact])
    let size = arguments[batchSize]
    if arguments[precision] == .int8 { try quantize(network, arguments) }
    NumberType.noteFallback(of: type)
    let limit = arguments[Common.memoryLimit]
    if limit != nil, !arguments[training] { throw UsageError("--memory-limit is for --training") }
    let work = arguments[training] ? try trainingStep(network, size, memoryLimit: limit) : try prediction(network, size)
    let measurement = try Measurement(seconds: Double(arguments[seconds])) { try work.run { $0.run() } }
    let peak = peakResidentBytes
    let ceilings = try Ceilings.measured(on: backend)
    let report = BenchReport(
      model: network.name, mode: arguments[training] ? "train" : "infer", batchSize: size, backend: backend,
      threads: BackendChoice.threads, imagesPerSecond: Double(size) / measurement.quantile(0.5),
      lowerQuartile: Double(size) / measurement.quantile(0.75),
      upperQuartile: Double(size) / measurement.quantile(0.25), runs: measurement.seconds.count,
      peakResidentBytes: peak,
      plannedBytes: network.isInFile ? work.plan.peakBytesFromFile : work.plan.peakBytes,
      operationsPerSecond: 2 * Double(work.runs * work.plan.multiplyAdds) / measurement.quantile(0.5),
      ceilings: ceilings,
      profile: arguments[profile] ? try table(work, runs: min(measurement.seconds.count, 25), ceilings) : nil)
    if arguments[Common.json] { return try Console.printJSON(report) }
    try Console.print(report.text)
  }

  private static func table(_ work: Work, runs: Int, _ ceilings: Ceilings) throws -> ProfileTable {
    var profile = ProgramProfile()
    for _ in 0..<runs { try work.run { profile.run($0) } }
    return ProfileTable(profile, ceilings)
  }

  /// The network to measure. For predictions it has its weights in a model file, as a service has them, or in memory
  /// where none can be written.
  private static func network(_ reference: ModelReference, _ arguments: Arguments) throws -> Network {
    let (input, backend) = (try reference.input(arguments[Common.input]), arguments[Common.backend])
    let folder = FileManager.default.temporaryDirectory.path + "/fovea-bench-\(getpid())"
    // What is mapped stays there when it has no name any more.
    defer { try? FileManager.default.removeItem(atPath: folder) }
    guard case .entry = reference, !arguments[training],
      (try? reference.network(input: input, backend: backend).save(to: folder)) != nil
    else { return try reference.network(input: input, backend: backend) }
    forgetPeak()
    return try Network(reference.model(), contentsOf: folder, backend: backend)
  }

  private static func quantize(_ network: Network, _ arguments: Arguments) throws {
    if arguments[training] { throw UsageError("--precision int8 is for predictions: leave --training out") }
    if !BackendChoice.computesWholeNumbers {
      Console.note("note: this processor does not multiply bytes (AVX512-VNNI or AVX-VNNI): float32 is used instead")
    }
    network.quantization = try network.calibration(on: [try randomImages(network, 1)]).quantization(.percentile(100))
    forgetPeak()
  }

  /// The peak is that of predictions alone, not of drawing weights or of finding ranges: Linux forgets the earlier one.
  private static func forgetPeak() {
    if let file = fopen("/proc/self/clear_refs", "w") {
      fputs("5", file)
      fclose(file)
    }
  }

  private static func prediction(_ network: Network, _ size: Int) throws -> Work {
    let images = try randomImages(network, size)
    var (plan, runs): (Plan?, Int) = (nil, 0)
    _ = try network.predict(batch: images) { (plan, runs) = ($0.plan, runs + 1) }
    return Work(plan: plan!, runs: runs) { _ = try network.predict(batch: images, running: $0) }
  }

  private static func trainingStep(_ network: Network, _ size: Int, memoryLimit: Int?) throws -> Work {
    // Labels for each place of the output suit, too.
    if network.outputShape.rank == 1 {
      try network.check(
        sampleShape: nil, elementType: network.inputElementType, classes: network.outputShape.channels)
    }
    let program = try TrainingProgram(
      network, loss: .crossEntropy, optimizer: SGD(momentum: 0.9), batchSizes: [size], seed: 0,
      precision: network.precision, memoryLimit: memoryLimit)
    let images = try randomImages(network, size)
    let stream = RandomStream(seed: 0, stream: RandomStream.identifier(of: "bench labels"))
    let shape = Shape([size] + network.outputShape.dimensions.dropLast())
    let labels = Tensor(
      (0..<shape.count).map { Int32(stream.integer($0, below: network.outputShape.channels)) }, shape: shape)
    var step = 0
    return Work(plan: program.plan(batchSize: size), runs: 1) { run in
      step += 1
      _ = try program.step(images: images, labels: labels, learningRate: 1e-3, number: step, running: run)
    }
  }

  private static func randomImages(_ network: Network, _ size: Int) throws -> Tensor {
    let shape = Shape([size] + network.inputShape.dimensions)
    if let problem = MemoryLimit.problem(with: shape.count * 4) {
      throw NetworkError("the inputs of a batch of \(size) are too large: \(problem); use a smaller batch")
    }
    let stream = RandomStream(seed: 0, stream: RandomStream.identifier(of: "bench images"))
    // How many words or classes there are is not known; the first two are there.
    guard network.inputElementType == .float32 else {
      return Tensor((0..<shape.count).map { Int32(stream.integer($0, below: 2)) }, shape: shape)
    }
    var images = Tensor(shape: shape)
    images.withUnsafeMutableBytes { bytes in
      let numbers = bytes.bindMemory(to: Float.self)
      for place in numbers.indices { numbers[place] = stream.normal(place) }
    }
    return images
  }
}
