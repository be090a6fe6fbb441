import FoveaCore

// The memory plan: which buffers are one, how long each is needed, and where in the arena it lies.

extension Plan {
  /// Lets the step that makes a parameter's new value write it over the old one, where every other reader has run
  /// before; otherwise adds a copy at the end.
  mutating func writeUpdatesInPlace(_ updates: [(parameter: Int, value: Location)]) {
    var targets: [Int: Int] = [:]
    for (parameter, value) in updates {
      let value = targets[value.buffer].map { Location(value, inBuffer: $0) } ?? value
      guard value.buffer != parameter else { continue }
      if let writer = steps.firstIndex(where: { $0.output.buffer == value.buffer }),
        buffers[value.buffer].kind == .transient, steps[writer].output == value,
        !outputs.values.contains(where: { $0.buffer == value.buffer }),
        steps.indices.allSatisfy({ index in
          index < writer || !reads(index, parameter) || (index == writer && canOverwrite(parameter, in: writer))
        })
      {
        replaceBuffer(value.buffer, by: parameter)
        targets[value.buffer] = parameter
      } else {
        var copy = value
        copy.buffer = parameter
        copy.offset = 0
        steps.append(
          Step(
            operation: "update", path: "", kernel: .copy(of: value), inputs: [value], output: copy, multiplyAdds: 0))
      }
    }
  }

  /// Lets a step write its result over an input that nobody needs afterwards.
  mutating func writeOverDeadInputs() {
    computeLifetimes()
    for index in steps.indices {
      let (step, output) = (steps[index], steps[index].output.buffer)
      guard buffers[output].kind == .transient, isWhole(step.output) else { continue }
      for input in step.kernel.overwritableInputs {
        let location = step.inputs[input]
        let buffer = buffers[location.buffer]
        guard buffer.kind == .transient, location.buffer != output, buffer.lifetime!.upperBound == index,
          location.offset == 0, location.isLaidOut(as: step.output),
          // The same tensor may also be an input that must stay until the end: a convolution's under its residual sum.
          step.inputs.indices.allSatisfy({
            step.inputs[$0].buffer != location.buffer
              || (step.inputs[$0] == location && step.kernel.overwritableInputs.contains($0))
          })
        else { continue }
        let end = buffers[output].lifetime!.upperBound
        replaceBuffer(output, by: location.buffer)
        buffers[location.buffer].lifetime = buffer.lifetime!.lowerBound...end
        break
      }
    }
  }

  /// Gives every transient, prepared and preparatory buffer its offset.
  mutating func placeBuffers() {
    for step in steps {
      for location in step.inputs where buffers[location.buffer].kind == .preparation {
        buffers[location.buffer].kind = .prepared
      }
    }
    for location in outputs.values where buffers[location.buffer].kind == .preparation {
      buffers[location.buffer].kind = .prepared
    }
    preparePartsInTurn()
    computeLifetimes()
    arenaBytes = place(.transient)
    preparedBytes = place(.prepared)
    preparationBytes = place(.preparation)
  }

  private func reads(_ step: Int, _ buffer: Int) -> Bool { steps[step].inputs.contains { $0.buffer == buffer } }

  private func canOverwrite(_ buffer: Int, in step: Int) -> Bool {
    let step = steps[step]
    return step.inputs.indices.allSatisfy { input in
      step.inputs[input].buffer != buffer
        || (step.kernel.overwritableInputs.contains(input) && step.inputs[input].isLaidOut(as: step.output))
    }
  }

  private mutating func replaceBuffer(_ old: Int, by new: Int) {
    for index in steps.indices {
      for input in steps[index].inputs.indices where steps[index].inputs[input].buffer == old {
        steps[index].inputs[input].buffer = new
      }
      if steps[index].output.buffer == old { steps[index].output.buffer = new }
    }
    for (name, location) in outputs where location.buffer == old { outputs[name]!.buffer = new }
  }

  private mutating func computeLifetimes() {
    var first = [Int](repeating: .max, count: buffers.count)
    var last = [Int](repeating: .min, count: buffers.count)
    func use(_ buffer: Int, at time: Int) {
      first[buffer] = min(first[buffer], time)
      last[buffer] = max(last[buffer], time)
    }
    for (index, step) in preparation.enumerated() {
      for buffer in step.inputs.map(\.buffer) + [step.output.buffer] + (step.scratch.map { [$0] } ?? []) {
        use(buffer, at: index)
      }
    }
    for (index, step) in steps.enumerated() {
      for buffer in step.inputs.map(\.buffer) + [step.output.buffer] + (step.scratch.map { [$0] } ?? []) {
        use(buffer, at: index)
      }
      // The parts that have been joined stay while the others run.
      if step.parts != nil { use(step.output.buffer, at: -1) }
    }
    for location in inputs.values { use(location.buffer, at: -1) }
    for location in outputs.values { use(location.buffer, at: steps.count) }
    for index in buffers.indices {
      buffers[index].lifetime =
        switch buffers[index].kind {
        case _ where first[index] > last[index]: nil  // another buffer has taken its place
        case .prepared: .min ... .max  // from the preparation to the last run
        default: first[index]...last[index]
        }
    }
  }
}

extension Plan.Location {
  /// Whether every element lies where the same element of `other` lies, so that one can be written over the other.
  fileprivate func isLaidOut(as other: Plan.Location) -> Bool {
    shape == other.shape && elementType.byteCount == other.elementType.byteCount
      && (layout == other.layout || (layout.isRowMajor(shape) && other.layout.isRowMajor(shape)))
  }

  fileprivate init(_ location: Plan.Location, inBuffer buffer: Int) {
    self = location
    self.buffer = buffer
  }
}

extension Kernel {
  /// A plain copy of a tensor without gaps.
  static func copy(of location: Plan.Location) -> Kernel {
    let byteCount = location.layout.byteCount(location.shape, location.elementType)
    return Kernel(name: "copy", inputLayouts: [location.layout], outputLayout: location.layout) { memory in
      { memory.output.copyMemory(from: memory.inputs[0], byteCount: byteCount) }
    }
  }
}
