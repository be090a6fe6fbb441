import FoveaTraining
import Foundation
import Testing

/// The factors of all steps of 4 epochs of 5 steps.
private func factors(_ schedule: Schedule) -> [Double] {
  (0..<20).map { schedule.factor(step: $0, stepsPerEpoch: 5, epochs: 4) }
}

private func expect(
  _ schedule: Schedule, _ formula: (Int) -> Double, sourceLocation: SourceLocation = #_sourceLocation
) {
  for (step, factor) in factors(schedule).enumerated() {
    #expect(abs(factor - formula(step)) < 1e-12, "step \(step)", sourceLocation: sourceLocation)
  }
}

@Test func `every schedule follows its formula`() {
  expect(.constant) { _ in 1 }
  expect(.cosine) { 0.5 + 0.5 * cos(.pi * Double($0) / 20) }
  expect(Schedule(.linear)) { 1 - Double($0) / 20 }
  expect(Schedule(.exponential(factor: 0.5))) { [1, 0.5, 0.25, 0.125][$0 / 5] }
  expect(Schedule(.steps(at: [0.5, 0.75], factor: 0.1))) { $0 < 10 ? 1 : $0 < 15 ? 0.1 : 0.01 }
}

@Test func `the rate rises in a straight line to where the schedule is`() {
  expect(Schedule(.constant, warmupEpochs: 2)) { $0 < 10 ? Double($0 + 1) / 10 : 1 }
  expect(Schedule(.linear, warmupEpochs: 0.5)) { (1 - Double($0) / 20) * min(Double($0 + 1) / 2.5, 1) }
}

@Test func `no step of a longer training goes below zero`() {
  for shape in [.cosine, .linear, .exponential(factor: 0.9), .steps(at: [0.5], factor: 0.1)] as [Schedule.Shape] {
    let factor = Schedule(shape).factor(step: 35, stepsPerEpoch: 5, epochs: 4)
    #expect(factor >= 0 && factor < 0.5)
  }
}

@Test func `schedules by name`() {
  #expect(Schedule(named: "cosine") == .cosine)
  #expect(Schedule(named: "step+warmup") == Schedule(.steps(at: [0.5, 0.75], factor: 0.1), warmupEpochs: 1))
  for name in Schedule.names {
    #expect(Schedule(named: name)?.warmupEpochs == 0)
    #expect(Schedule(named: name + "+warmup")?.warmupEpochs == 1)
  }
  for name in ["", "cosin", "cosine+", "cosine+warm", "cosine+warmup+warmup", "+warmup"] {
    #expect(Schedule(named: name) == nil, "\(name)")
  }
}

@Test func `a schedule survives a manifest`() throws {
  let schedule = Schedule(.steps(at: [0.1, 1 / 3], factor: 0.3), warmupEpochs: 0.7)
  #expect(try JSONDecoder().decode(Schedule.self, from: JSONEncoder().encode(schedule)) == schedule)
}
