public import FoveaCore

/// A plan with its memory: ready to run, again and again, without allocating.
///
/// Not `Sendable`: one program, one thread at a time.
public final class Program {
  public let plan: Plan
  /// `Plan.front`.
  private let front: (steps: Range<Int>, parts: Int)
  private let parameters: ParameterStorage
  private let arena: AlignedBuffer
  /// Where prepared weights begin, and whose memory that is.
  private let prepared: (address: UnsafeMutableRawPointer, owner: AlignedBuffer)
  private var steps: [() -> Void] = []
  /// For each part of a batch, what puts its results with the others'.
  private var joins: [() -> Void] = []
  /// What the parts of an input are read from.
  private var source: (input: Plan.Location, bytes: UnsafeRawBufferPointer)?

  /// - Parameters:
  ///   - plan: what is run.
  ///   - parameters: holds every parameter of the plan by its path.
  /// - Errors: a parameter that is missing or has another shape; more memory than the machine has.
  public convenience init(_ plan: Plan, parameters: ParameterStorage) throws {
    try plan.checkMemory()
    try self.init(plan, parameters: parameters, arena: AlignedBuffer(byteCount: plan.workingBytes, zeroed: false))
  }

  /// - Parameters:
  ///   - arena: memory to work in, at least `plan.workingBytes`; programs that never run at the same time can share it.
  ///   - preparesInArena: whether prepared weights lie behind that, in the same arena, of at least
  ///     `plan.bytesWithPreparedWeights`: another program may write there, and then they have to be prepared again.
  package init(_ plan: Plan, parameters: ParameterStorage, arena: AlignedBuffer, preparesInArena: Bool = false) throws {
    precondition(arena.byteCount >= (preparesInArena ? plan.bytesWithPreparedWeights : plan.workingBytes))
    (self.plan, self.parameters, self.arena) = (plan, parameters, arena)
    front = plan.front
    if preparesInArena {
      prepared = (arena.address + plan.bytesWithPreparedWeights - plan.preparedBytes, arena)
    } else {
      let buffer = AlignedBuffer(byteCount: plan.preparedBytes, zeroed: false)
      prepared = (buffer.address, buffer)
    }
    for (path, location) in plan.parameters {
      guard let entry = parameters.entries[path] else {
        throw PlanError(description: "the parameter \(path) is missing; load weights that have it")
      }
      guard entry.shape == location.shape else {
        throw PlanError(
          description: "the parameter \(path) has the shape \(entry.shape), the model's is \(location.shape)")
      }
    }
    steps = try plan.steps.map(bind)
    if let join = plan.steps.first(where: { $0.parts != nil }) {
      let part = join.inputs[0]
      let byteCount = part.layout.byteCount(part.shape, part.elementType)
      joins = try (0..<join.parts!).map { part in
        var step = join
        step.output.offset += part * byteCount
        return try bind(step)
      }
    }
    try prepareWeights()
  }

  /// Folds and reorders the weights again, after parameters changed. It works where a run works: inputs are to be
  /// written after it.
  public func prepareWeights() throws {
    let (lastReadings, needs) = (plan.lastReadings, plan.bytesOfPreparation)
    for (index, step) in plan.preparation.enumerated() {
      if index > 0, needs[index] < needs[index - 1] { arena.giveBack(needs[index]..<needs[index - 1]) }
      try bind(step)()
      for reading in lastReadings[index] { parameters.entries[reading.path]!.buffer.putAside(reading.bytes) }
    }
    // What no run needs. Others may work in what lies beyond, and would have to ask the system for it again.
    arena.giveBack(plan.arenaBytes..<max(plan.arenaBytes, needs.last ?? 0))
  }

  /// Runs every step once, or once for each part of the batch (`Plan.front`).
  public func run() { run { _, step in step() } }

  /// Likewise, and takes the time of each step.
  ///
  /// - Returns: the seconds of each of `plan.steps`, of all parts together.
  public func runTimed() -> [Double] {
    let clock = ContinuousClock()
    var seconds = [Double](repeating: 0, count: steps.count)
    run { index, step in seconds[index] += clock.measure(step) / .seconds(1) }
    return seconds
  }

  private func run(_ perform: (_ index: Int, _ step: () -> Void) -> Void) {
    precondition(front.parts == 1 || source != nil, "the program reads its input in parts: see readingInput")
    for part in 0..<front.parts {
      if let source {
        let target = bytes(of: source.input)
        target.copyMemory(
          from: .init(rebasing: source.bytes[(part * target.count)..<((part + 1) * target.count)]))
      }
      for index in front.steps { perform(index, index == front.steps.last ? joins[part] : steps[index]) }
    }
    for index in front.steps.upperBound..<steps.count { perform(index, steps[index]) }
  }

  private func bind(_ step: Plan.Step) throws -> () -> Void {
    let memory = Kernel.Memory(
      inputs: step.inputs.map { UnsafeRawPointer(address(of: $0)) }, output: address(of: step.output),
      scratch: step.scratch.map(address(ofBuffer:)))
    do {
      return try step.kernel.prepare(memory)
    } catch {
      throw PlanError(
        description:
          "\(step.path.isEmpty ? "model" : step.path): \(step.operation) on \(step.output.shape) could not be "
          + "made ready: \(error); use a smaller batch or smaller layers, or the reference backend")
    }
  }

  private func address(of location: Plan.Location) -> UnsafeMutableRawPointer {
    address(ofBuffer: location.buffer) + location.offset
  }

  private func address(ofBuffer index: Int) -> UnsafeMutableRawPointer {
    let buffer = plan.buffers[index]
    return switch buffer.kind {
    case .transient, .preparation: arena.address + buffer.offset
    case .prepared: prepared.address + buffer.offset
    case .parameter(let path): parameters.entries[path]!.buffer.address
    case .constant(let tensor): tensor.withUnsafeBytes { UnsafeMutableRawPointer(mutating: $0.baseAddress!) }
    }
  }
}

// The inputs lie in the arena: they are written before each run, or each part of one, and the run may reuse their memory.

extension Program {
  /// Lets `fill` write the input `name`, in row-major order. Not for a program that takes its input in parts.
  public func writeInput<R>(_ name: String, _ fill: (UnsafeMutableRawBufferPointer) throws -> R) rethrows -> R {
    precondition(front.parts == 1, "the program takes its input in parts")
    return try fill(bytes(of: inputLocation(name)))
  }

  /// The runs within `body` read the input `name`, that of all parts, from `bytes`, in row-major order.
  package func readingInput<R>(
    _ name: String, from bytes: UnsafeRawBufferPointer, _ body: () throws -> R
  ) rethrows -> R {
    let input = inputLocation(name)
    precondition(bytes.count == front.parts * self.bytes(of: input).count, "the input \(name) has another size")
    source = (input, bytes)
    defer { source = nil }
    return try body()
  }

  private func inputLocation(_ name: String) -> Plan.Location {
    guard let location = plan.inputs[name] else { preconditionFailure("the program has no input \(name)") }
    return location
  }

  private func bytes(of location: Plan.Location) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(
      start: address(of: location), count: location.shape.count * location.elementType.byteCount)
  }

  public func setInput(_ name: String, to tensor: Tensor) {
    writeInput(name) { target in
      precondition(target.count == tensor.byteCount, "the input \(name) got \(tensor.shape)")
      tensor.withUnsafeBytes { target.copyMemory(from: $0) }
    }
  }

  /// Whether the program reads the input `name`: dead code may have removed it.
  public func hasInput(_ name: String) -> Bool { plan.inputs[name] != nil }

  /// Lets `body` read the output `name` of the last run, in row-major order.
  public func readOutput<R>(_ name: String, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    guard let location = plan.outputs[name] else { preconditionFailure("the program has no output \(name)") }
    return try body(UnsafeRawBufferPointer(bytes(of: location)))
  }

  /// A copy of the output `name` of the last run.
  public func output(_ name: String) -> Tensor {
    readOutput(name) { source in
      let location = plan.outputs[name]!
      return Tensor(shape: location.shape, elementType: location.elementType) { $0.copyMemory(from: source) }
    }
  }
}
