public import FoveaData
import FoveaCompiler
package import FoveaCore
import FoveaLayers
public import FoveaNetwork

/// How well a network does on a data set.
public struct Evaluation: Hashable, Sendable, Codable {
  /// The mean loss.
  public let loss: Double
  /// The fraction of examples whose likeliest class is right.
  public let top1: Double
  /// The fraction of examples with the right class among the five likeliest.
  public let top5: Double
  public let count: Int
  /// `confusion[label][guess]`: how often each class was taken for each.
  public let confusion: [[Int]]
}

extension Network {
  /// The network's loss and accuracy on `data`.
  ///
  /// - Errors: another number of classes than outputs; no examples; a batch size below 1; more memory than the machine
  ///   has; what keeps a sample from being read.
  public func evaluate(_ data: any Dataset, loss: Loss = .crossEntropy, batchSize: Int = 128) throws -> Evaluation {
    try check(data)
    let evaluator = try Evaluator(self, loss: loss, count: data.count, batchSize: batchSize)
    try evaluator.bind(to: ParameterStorage(sharing: parameters))
    return try evaluator.evaluate(data)
  }

  /// - Errors: a data set that has another number of classes than the model has outputs, or samples that are not its
  ///   input.
  package func check(_ data: any Dataset) throws {
    try check(sampleShape: data.sampleShape, elementType: data.elementType, classes: data.classNames.count)
  }

  /// - Parameter sampleShape: `nil` where samples are brought to the model's size.
  package func check(sampleShape: Shape?, elementType: ElementType = .uint8, classes: Int) throws {
    if let mistake = outputShape.mistake(asScoresFor: classes, of: name) {
      throw NetworkError("\(mistake.problem); \(mistake.fix)")
    }
    guard (elementType == .int32) == (inputElementType == .int32) else {
      throw NetworkError(
        elementType == .int32
          ? "the samples are whole numbers, \(name) takes \(inputText): use a data set of pictures, or a network made with "
            + "elementType: .int32"
          : "the samples are pictures, \(name) takes \(inputText): train and evaluate it from Swift, with an IntegerDataset"
      )
    }
    guard let sampleShape else { return }
    if elementType == .int32 {
      guard sampleShape == inputShape else {
        throw NetworkError("the samples are \(sampleShape), \(name) takes \(inputText); use a data set of that shape")
      }
      return
    }
    let color = preprocessing?.color.rawValue ?? sampleShape.channels
    guard sampleShape.rank == 3, [sampleShape[0], sampleShape[1], color] == inputShape.dimensions else {
      throw NetworkError("the samples are \(sampleShape), \(name) takes \(inputShape); use a data set of that size")
    }
  }
}

/// Runs a network in inference over data sets of one size, batch by batch, always in the same memory.
final class Evaluator {
  private let network: Network
  private let batchSize: Int
  private let plans: [Int: Plan]
  private var programs: [Int: Program] = [:]

  init(_ network: Network, loss: Loss, count: Int, batchSize: Int) throws {
    guard count > 0 else { throw NetworkError("the data set has no samples") }
    guard batchSize > 0 else { throw NetworkError("a batch size of \(batchSize): use 1 or more") }
    (self.network, self.batchSize) = (network, batchSize)
    var plans: [Int: Plan] = [:]
    for size in Set([min(batchSize, count), count % batchSize]) where size > 0 {
      plans[size] = try network.plan(Self.graph(network, loss: loss, batchSize: size), precision: .exact)
    }
    self.plans = plans
  }

  /// Prepared weights are made for each evaluation, in the memory in which it works: in between a training has that.
  var workingBytes: Int { plans.values.map(\.bytesWithPreparedWeights).max() ?? 0 }

  private static func graph(_ network: Network, loss: Loss, batchSize: Int) throws -> Graph {
    let builder = GraphBuilder(isTraining: false)
    let output = builder.trace(
      network.model, input: network.inputShape, elementType: network.inputElementType, batchSize: batchSize)
    let labels = builder.input(
      "labels", shape: Shape(Array(output.shape.dimensions.dropLast())), elementType: .int32)
    builder.output("loss", loss.ofLabels(output.beforeSoftmax, labels))
    builder.output("output", output)
    return try builder.finish()
  }

  /// Chooses whose parameters are evaluated.
  func bind(to storage: ParameterStorage, arena: AlignedBuffer? = nil) throws {
    for plan in plans.values { try plan.checkMemory() }
    let arena = arena ?? AlignedBuffer(byteCount: workingBytes, zeroed: false)
    try ComputeThread.shared.run {
      programs = try plans.mapValues {
        try Program($0, parameters: storage, arena: arena, preparesInArena: true)
      }
    }
  }

  /// - Parameter shouldStop: asked after every batch; the result is `nil` when it says so.
  func evaluate(_ data: any Dataset, shouldStop: () -> Bool) throws -> Evaluation? {
    var size: Int?
    let preprocessing = try network.preprocessing ?? Preprocessing(color: .gray)
    let loader = try BatchLoader(data, batchSize: batchSize, shuffles: false, preprocessing: preprocessing)
    defer { loader.cancel() }
    let classes = network.outputShape[0]
    var (loss, top1, top5) = (0.0, 0, 0)
    var confusion = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
    while let batch = try loader.next() {
      let program = programs[batch.count]!
      try ComputeThread.shared.run {
        if size != batch.count {
          try program.prepareWeights()
          size = batch.count
        }
        program.setInput("input", to: batch.images)
        program.setInput("labels", to: batch.labels)
        program.run()
        loss += Double(program.readOutput("loss") { $0.loadUnaligned(as: Float.self) }) * Double(batch.count)
        let correct = program.countCorrect(labels: batch.labels, top: [1, 5])
        top1 += correct[0]
        top5 += correct[1]
        for (label, guess) in zip(batch.labels.array(of: Int32.self), program.guesses(classes: classes)) {
          confusion[Int(label)][guess] += 1
        }
      }
      if shouldStop() { return nil }
    }
    let count = Double(data.count)
    return Evaluation(
      loss: loss / count, top1: Double(top1) / count, top5: Double(top5) / count, count: data.count,
      confusion: confusion)
  }

  func evaluate(_ data: any Dataset) throws -> Evaluation { try evaluate(data, shouldStop: { false })! }
}

extension Program {
  /// The index of the highest output of each example of the last run.
  fileprivate func guesses(classes: Int) -> [Int] {
    readOutput("output") { bytes in
      let scores = bytes.bindMemory(to: Float.self)
      return stride(from: 0, to: scores.count, by: classes).map { row in
        (0..<classes).max { scores[row + $0] < scores[row + $1] }!
      }
    }
  }
}
