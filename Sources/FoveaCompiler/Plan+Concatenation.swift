import FoveaCore

extension Plan {
  /// Lets what is concatenated be written to its place at once, where the kernel's result holds its inputs as whole
  /// pieces: one image in blocks of channels, for example. What cannot be moved there is copied.
  ///
  /// Runs before other buffers become one: until then nobody writes over a result that others read.
  mutating func writeIntoConcatenations() {
    var result: [Step] = []
    for index in steps.indices {
      let step = steps[index]
      guard let offsets = step.kernel.inputOffsets, isWhole(step.output), buffers[step.output.buffer].kind == .transient
      else {
        result.append(step)
        continue
      }
      let target = step.output.buffer
      var (copies, hasMoved) = ([Step](), false)
      for (input, offset) in zip(step.inputs.indices, offsets) {
        let location = steps[index].inputs[input]
        if canMove(location), location.buffer != target {
          move(location.buffer, to: target, at: offset, &result)
          hasMoved = true
        } else {
          var place = location
          (place.buffer, place.offset) = (target, offset)
          copies.append(
            Step(
              operation: step.operation, path: step.path, kernel: .copy(of: location), inputs: [location],
              output: place, multiplyAdds: 0))
        }
      }
      // A kernel that has to copy all of it does so on all threads.
      result += hasMoved ? copies : [step]
    }
    steps = result
  }

  /// Whether a tensor fills its buffer.
  func isWhole(_ location: Location) -> Bool {
    location.offset == 0
      && location.layout.byteCount(location.shape, location.elementType) == buffers[location.buffer].byteCount
  }

  private func canMove(_ location: Location) -> Bool {
    buffers[location.buffer].kind == .transient && isWhole(location)
      && !(Array(inputs.values) + outputs.values).contains { $0.buffer == location.buffer }
  }

  /// Makes a buffer a part of another, for all who use it.
  private mutating func move(_ buffer: Int, to target: Int, at offset: Int, _ earlier: inout [Step]) {
    func moved(_ location: inout Location) {
      guard location.buffer == buffer else { return }
      (location.buffer, location.offset) = (target, location.offset + offset)
    }
    func change(_ steps: inout [Step]) {
      for index in steps.indices {
        for input in steps[index].inputs.indices { moved(&steps[index].inputs[input]) }
        moved(&steps[index].output)
      }
    }
    change(&earlier)
    change(&steps)
  }
}
