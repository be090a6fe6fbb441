import FoveaLayers
import FoveaTraining
import Synchronization

/// What a training shows while it runs: one line that is rewritten on a terminal, a line for each epoch elsewhere.
final class ProgressReport: Sendable {
  enum Target: Sendable { case nowhere, lines, terminal }

  private struct State: Sendable {
    let start = ContinuousClock.now
    var epochStart = ContinuousClock.now
    var lastShown = ContinuousClock.now
    /// The steps of this run, and of them those of the running epoch.
    var steps = 0
    var epochSteps = 0
  }

  private let target: Target
  private let heading: String
  private let epochs: Int
  private let stepsPerEpoch: Int
  private let batchSize: Int
  private let state = Mutex(State())

  init(_ training: PreparedTraining, to target: Target) {
    self.target = target
    let plan = training.plan
    (epochs, batchSize) = (plan.epochs, plan.batchSize)
    stepsPerEpoch = (training.train.count + batchSize - 1) / batchSize
    let network = training.trainer.network
    let validating = training.validation.map { ", \(grouped($0.count)) to validate" } ?? ""
    heading = """
      \(network.name), \(groupedCount(network.summary().parameters, "parameter")): \
      \(groupedCount(training.train.count, "example"))\(validating), \
      \(groupedCount(epochs, "epoch")) of \(groupedCount(stepsPerEpoch, "step")), to \(training.folder.path)
      """
  }

  func start() { if target != .nowhere { Console.note(heading) } }

  func show(_ event: TrainingEvent) {
    guard target != .nowhere else { return }
    switch event {
    case .step(let step): show(step)
    case .epoch(let epoch): show(epoch)
    }
  }

  /// Leaves the terminal with a clean line.
  func end() { if target == .terminal { Console.rewriteLine("") } }

  private func show(_ step: TrainingEvent.Step) {
    let line: String? = state.withLock { state in
      state.steps += 1
      state.epochSteps += 1
      let now = ContinuousClock.now
      guard target == .terminal, now - state.lastShown > .milliseconds(100) else { return nil }
      state.lastShown = now
      let speed = Double(state.epochSteps * batchSize) / ((now - state.epochStart) / .seconds(1))
      let position = step.step - (step.epoch - 1) * stepsPerEpoch
      return """
        epoch \(step.epoch)/\(epochs)  step \(position)/\(stepsPerEpoch)  loss \(short(step.loss))  \
        \(grouped(Int(speed))) images/s  \(timeLeft(after: step.step, state)) left
        """
    }
    if let line { Console.rewriteLine(String(line.prefix(Console.terminalWidth - 1))) }
  }

  private func show(_ epoch: TrainingEvent.Epoch) {
    let left = state.withLock { state in
      state.epochSteps = 0
      state.epochStart = .now
      return epoch.epoch < epochs ? ", \(timeLeft(after: epoch.epoch * stepsPerEpoch, state)) left" : ""
    }
    if target == .terminal { Console.rewriteLine("") }
    Console.note(
      "epoch \(epoch.epoch)/\(epochs): \(EpochLine(epoch).numbers), "
        + "\(grouped(Int(epoch.imagesPerSecond))) images/s, \(duration(epoch.seconds))\(left)")
  }

  /// From the time that the steps of this run took, validation and saving included.
  private func timeLeft(after step: Int, _ state: State) -> String {
    let perStep = ((ContinuousClock.now - state.start) / .seconds(1)) / Double(max(state.steps, 1))
    return duration(perStep * Double(epochs * stepsPerEpoch - step))
  }
}
