package import FoveaCompiler

/// How long each step of a program takes, over several runs.
package struct ProgramProfile {
  /// The steps of the program that ran.
  package private(set) var steps: [Plan.Step] = []
  /// How often each of them runs for a batch.
  package private(set) var runs: [Int] = []
  private var times: [[Double]] = []

  package init() {}

  /// Runs a program once, and takes the time of each of its steps.
  package mutating func run(_ program: Program) {
    let seconds = program.runTimed()
    if steps.isEmpty {
      (steps, runs) = (program.plan.steps, program.plan.runsOfSteps)
      times = steps.map { _ in [] }
    }
    for (step, time) in seconds.enumerated() { times[step].append(time) }
  }

  /// The median time of each step, in seconds; of all its runs for a batch.
  package var seconds: [Double] { times.map { $0.sorted()[$0.count / 2] } }
}
