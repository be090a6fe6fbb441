package import FoveaCompiler
package import FoveaCore
package import FoveaLayers
package import FoveaNetwork

/// The programs of a training step, one for each batch size, over one set of parameters.
///
/// A step computes the loss, its gradients, and the optimizer's step, in one run. While the program lives the network's
/// parameters lie in its memory. Not `Sendable`; it runs on the compute thread.
package final class TrainingProgram {
  /// Parameters and optimizer state.
  let storage: ParameterStorage
  /// The paths of the optimizer's state in `storage`.
  let optimizerPaths: [String]
  private let programs: [Int: Program]
  private let optimizer: any Optimizer
  private let seed: UInt64
  private let loan: Loan

  /// - Parameters:
  ///   - batchSizes: what will come: full batches, and the last one of an epoch.
  ///   - precision: of the arithmetic.
  ///   - otherWorkingBytes: memory that a program which runs in between, for validation, needs in the same arena.
  ///   - memoryLimit: the most bytes that the process may have in RAM.
  package init(
    _ network: Network, loss: Loss, optimizer: any Optimizer, batchSizes: Set<Int>, seed: UInt64,
    precision: Precision, otherWorkingBytes: Int = 0, memoryLimit: Int? = nil
  ) throws {
    let graphs = try batchSizes.map { size in
      (
        size,
        try Self.graph(
          network.model, input: network.inputShape, elementType: network.inputElementType, loss: loss,
          optimizer: optimizer, batchSize: size)
      )
    }
    let held = network.parameterViews.values.reduce(0) { $0 + $1.byteCount }
    let plans = try graphs.map { size, graph in
      (
        size,
        try Self.plan(
          graph, backend: network.backend, precision: precision, memoryLimit: memoryLimit, heldParameterBytes: held,
          otherWorkingBytes: otherWorkingBytes)
      )
    }
    for (_, plan) in plans { try plan.checkMemory() }
    let trained = Set(network.parameterViews.keys)
    let states = graphs[0].1.parameters.map(\.parameter).filter { !trained.contains($0.path) }
    optimizerPaths = states.map(\.path)
    storage = try network.lendParameters(
      with: Dictionary(uniqueKeysWithValues: states.map { ($0.path, Tensor(shape: $0.shape)) }))
    loan = Loan(of: network, to: storage)
    arena = AlignedBuffer(byteCount: max(plans.map(\.1.workingBytes).max()!, otherWorkingBytes), zeroed: false)
    let (storage, arena) = (storage, arena)
    programs = Dictionary(
      uniqueKeysWithValues: try ComputeThread.shared.run {
        try plans.map { ($0, try Program($1, parameters: storage, arena: arena)) }
      })
    (self.optimizer, self.seed) = (optimizer, seed)
    network.backend.finishPlanning()
  }

  /// The working memory, which validation shares.
  let arena: AlignedBuffer

  /// Loss, with those of the auxiliary heads, gradients and steps of all trainable parameters, as one graph.
  ///
  /// - Errors: every shape mistake of the model at once.
  package static func graph(
    _ model: some Layer, input: Shape, elementType: ElementType = .float32, loss: Loss, optimizer: any Optimizer,
    batchSize: Int
  ) throws -> Graph {
    let builder = GraphBuilder(isTraining: true)
    let output = builder.trace(model, input: input, elementType: elementType, batchSize: batchSize)
    let labels = builder.input(
      "labels", shape: Shape(Array(output.shape.dimensions.dropLast())), elementType: .int32)
    var value = loss.ofLabels(output.beforeSoftmax, labels)
    for head in builder.auxiliaryOutputs where output.isValid {
      guard head.value.shape == output.shape else {
        value = head.value.failing(
          "an auxiliary head gives \(head.value.shape), the model \(output.shape)", fix: "let both give the same shape",
          assuming: [])
        continue
      }
      value = value + head.weight * loss.ofLabels(head.value.beforeSoftmax, labels)
    }
    let parameters = builder.graph.parameters.filter(\.parameter.isTrainable)
    let variables = parameters.map { builder.value(of: $0.node) }
    let rates = builder.input("rates", shape: [optimizer.rates(learningRate: 1, step: 1).count])
    for (parameter, gradient) in zip(parameters, gradients(of: value, withRespectTo: variables)) {
      // A parameter that the loss does not depend on stays as it is.
      guard let gradient else { continue }
      let (path, variable) = (parameter.parameter.path, builder.value(of: parameter.node))
      optimizer.addStep(parameter: variable, gradient: gradient, rates: rates) { name in
        variable.parameter("\(name).\(path)", shape: variable.shape, .zeros, isTrainable: false)
      }
    }
    builder.output("loss", value)
    builder.output("output", output)
    return try builder.finish()
  }

  /// The plan of a training step.
  ///
  /// - Parameters:
  ///   - memoryLimit: the most bytes that the process may have in RAM: results are computed again instead of kept as far
  ///     as that takes.
  ///   - heldParameterBytes: of the step's parameters, those that are in RAM already.
  ///   - otherWorkingBytes: what another program needs in the same working memory.
  /// - Errors: a limit that cannot be kept.
  package static func plan(
    _ graph: Graph, backend: BackendChoice, precision: Precision, memoryLimit: Int?,
    heldParameterBytes: Int = 0, otherWorkingBytes: Int = 0
  ) throws -> Plan {
    let plan = try backend.plan(graph, precision: precision)
    guard let memoryLimit else { return plan }
    // What is not in memory yet: batches that are being read, kernels, what else a training makes.
    let batches = plan.inputs.values.reduce(0) { $0 + $1.layout.byteCount($1.shape, $1.elementType) }
    let later = preparedBatches * batches + ProcessMemory.steps(plan) + otherLaterBytes
    let others = MemoryLimit.residentBytes - heldParameterBytes + later
    let validation = plan.parameterBytes + otherWorkingBytes + others
    guard otherWorkingBytes == 0 || validation <= memoryLimit else {
      throw TrainingError(
        "\(MemoryLimit.spelled(validation)) are needed at once for validation, more than the limit of "
          + "\(MemoryLimit.spelled(memoryLimit)); use a smaller batch, or a larger limit")
    }
    return plan.peakBytes <= memoryLimit - others
      ? plan : try backend.plan(graph, precision: precision, memoryLimit: memoryLimit, otherBytes: others)
  }

  /// How many batches are in memory at once while a training reads them.
  private static let preparedBatches = 4
  private static let otherLaterBytes = 8 << 20

  /// The plan of the steps with a batch of a size that was asked for.
  package func plan(batchSize: Int) -> Plan { programs[batchSize]!.plan }

  /// What a step found before it changed the parameters.
  package struct Result {
    package let loss: Float
    /// How many examples have the highest score at their label.
    package let correct: Int
  }

  /// One step.
  ///
  /// - Parameters:
  ///   - number: of the step, from 1.
  ///   - run: how the program runs once its inputs are there.
  package func step(
    images: Tensor, labels: Tensor, learningRate: Float, number: Int, running run: (Program) -> Void = { $0.run() }
  ) throws -> Result {
    guard let program = programs[images.shape[0]] else {
      preconditionFailure("no program for a batch of \(images.shape[0])")
    }
    return try ComputeThread.shared.run {
      program.setInput("input", to: images)
      program.setInput("labels", to: labels)
      program.writeInput("rates") { bytes in
        bytes.copyBytes(from: optimizer.rates(learningRate: learningRate, step: number).withUnsafeBytes { Array($0) })
      }
      if program.hasInput(Op.Dropout.stateInput) {
        let words = [seed, UInt64(number)].flatMap { [UInt32(truncatingIfNeeded: $0), UInt32($0 >> 32)] }
        program.writeInput(Op.Dropout.stateInput) { $0.copyBytes(from: words.withUnsafeBytes { Array($0) }) }
      }
      run(program)
      loan.network.parametersChanged()
      let loss = program.readOutput("loss") { $0.loadUnaligned(as: Float.self) }
      return Result(loss: loss, correct: program.countCorrect(labels: labels, top: [1])[0])
    }
  }

  /// Ends with the program, also where not all of it could be made.
  private final class Loan {
    let network: Network
    private let storage: ParameterStorage

    init(of network: Network, to storage: ParameterStorage) { (self.network, self.storage) = (network, storage) }

    deinit { network.takeParametersBack(from: storage) }
  }
}

extension Value {
  /// The scores that this value is the softmax of, or the value itself: the cross-entropy wants scores.
  var beforeSoftmax: Value {
    guard let node, builder.graph.nodes[node].operation is Op.Softmax else { return self }
    return builder.value(of: builder.graph.nodes[node].inputs[0])
  }
}

extension Program {
  /// How many examples of the last run have their label among the `k` highest outputs, for each `k` of `top`.
  func countCorrect(labels: Tensor, top: [Int]) -> [Int] {
    readOutput("output") { bytes in
      labels.withUnsafeBytes { labels in
        let (scores, labels) = (bytes.bindMemory(to: Float.self), labels.bindMemory(to: Int32.self))
        let classes = scores.count / labels.count
        var correct = top.map { _ in 0 }
        for (row, label) in labels.enumerated() {
          let own = scores[row * classes + Int(label)]
          guard own.isFinite else { continue }
          // Among equals the lower index comes first, as in `Network.classify`.
          var rank = 0
          for index in 0..<classes {
            let other = scores[row * classes + index]
            if other > own || (other == own && index < Int(label)) { rank += 1 }
          }
          for (position, k) in top.enumerated() where rank < k { correct[position] += 1 }
        }
        return correct
      }
    }
  }
}
