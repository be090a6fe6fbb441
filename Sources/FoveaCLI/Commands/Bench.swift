import FoveaLayers
import FoveaNetwork
import FoveaTraining
internal import Foundation

/// `fovea bench`: how fast a model runs here.
enum Bench: Command {
  static let name = "bench"
  static let summary = "measures how many images a second a model predicts or learns, and its memory"
  static let discussion = """
     The input is random. After a warm-up, batches run for the given time; the result is the median over them, with \
    the quartiles, and the peak of the process's resident memory.
    """
  static let positionals = [Positional.modelOrFile]
  static let batchSize = Option("batch-size", "N", "the examples of a batch", .integer(1...1_048_576), default: 128)
  static let training = Option("training", "steps of SGD with momentum, not predictions")
  static let seconds = Option(
    "seconds", "S", "how long to measure", .number("a number of seconds from 0 to 3600") { (0...3600).contains($0) },
    default: 6, "6")
  static let options: [any OptionDeclaration] = [
    batchSize, training, Common.input, seconds, Common.threads, Common.backend, Common.json,
  ]

  private struct Report: Encodable {
    let model: String
    let mode: String
    let batchSize: Int
    let backend: BackendChoice
    let threads: Int
    let imagesPerSecond: Double
    let lowerQuartile: Double
    let upperQuartile: Double
    let runs: Int
    let peakResidentBytes: Int
  }

  static func run(_ arguments: Arguments) throws {
    Common.apply(arguments)
    let backend = arguments[Common.backend]
    let reference = try ModelReference(arguments[positionals[0]][0], backend: backend)
    let network = try reference.network(input: reference.input(arguments[Common.input]), backend: backend)
    let size = arguments[batchSize]
    let work = arguments[training] ? try trainingStep(network, size) : try prediction(network, size)
    let speeds = try measure(seconds: Double(arguments[seconds]), work).map { Double(size) / $0 }.sorted()
    let report = Report(
      model: network.name, mode: arguments[training] ? "train" : "infer", batchSize: size, backend: backend,
      threads: BackendChoice.threads, imagesPerSecond: quantile(0.5, of: speeds),
      lowerQuartile: quantile(0.25, of: speeds), upperQuartile: quantile(0.75, of: speeds), runs: speeds.count,
      peakResidentBytes: peakResidentBytes)
    if arguments[Common.json] { return try Console.printJSON(report) }
    try Console.print(text(report))
  }

  /// In the units and the order of the peers' benchmark.
  private static func text(_ report: Report) -> String {
    let engine = "fovea".padding(toLength: 14, withPad: " ", startingAt: 0)
    let speed = String(format: "%10.2f", report.imagesPerSecond)
    let peak = String(format: "%.0f", Double(report.peakResidentBytes) / 1_048_576)
    let spread = String(format: "%.2f to %.2f", report.lowerQuartile, report.upperQuartile)
    return "\(report.mode) \(report.model) batch \(report.batchSize) \(engine) \(speed) images/s  peak \(peak) MiB"
      + "  (quartiles \(spread), \(counted(report.runs, "run")), \(counted(report.threads, "thread")))"
  }

  private static func prediction(_ network: Network, _ size: Int) throws -> () throws -> Void {
    try network.plan(batchSize: size).checkMemory()
    let images = randomImages(network, size)
    return { _ = try network.predict(batch: images) }
  }

  private static func trainingStep(_ network: Network, _ size: Int) throws -> () throws -> Void {
    try network.check(
      sampleShape: nil, elementType: network.inputElementType, classes: network.outputShape.channels)
    let program = try TrainingProgram(
      network, loss: .crossEntropy, optimizer: SGD(momentum: 0.9), batchSizes: [size], seed: 0)
    let images = randomImages(network, size)
    let stream = RandomStream(seed: 0, stream: RandomStream.identifier(of: "bench labels"))
    let labels = Tensor(
      (0..<size).map { Int32(stream.integer($0, below: network.outputShape.channels)) }, shape: [size])
    var step = 0
    return {
      step += 1
      _ = try program.step(images: images, labels: labels, learningRate: 1e-3, number: step)
    }
  }

  private static func randomImages(_ network: Network, _ size: Int) -> Tensor {
    let shape = Shape([size] + network.inputShape.dimensions)
    let stream = RandomStream(seed: 0, stream: RandomStream.identifier(of: "bench images"))
    // How many words or classes there are is not known; the first two are there.
    guard network.inputElementType == .float32 else {
      return Tensor((0..<shape.count).map { Int32(stream.integer($0, below: 2)) }, shape: shape)
    }
    return Tensor((0..<shape.count).map(stream.normal), shape: shape)
  }

  /// The seconds of each run, at least three, after two that are not counted.
  private static func measure(seconds: Double, _ work: () throws -> Void) throws -> [Double] {
    try work()
    try work()
    let clock = ContinuousClock()
    let start = clock.now
    var times: [Double] = []
    while times.count < 3 || (clock.now - start) / .seconds(1) < seconds {
      times.append(try clock.measure(work) / .seconds(1))
    }
    return times
  }

  private static func quantile(_ fraction: Double, of sorted: [Double]) -> Double {
    let place = fraction * Double(sorted.count - 1)
    let (below, above) = (sorted[Int(place)], sorted[min(Int(place) + 1, sorted.count - 1)])
    return below + (above - below) * (place - place.rounded(.down))
  }

  /// The most memory that the process has had in RAM at once.
  private static var peakResidentBytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }
}
