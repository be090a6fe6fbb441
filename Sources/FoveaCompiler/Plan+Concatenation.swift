import FoveaCore

extension Plan {
  /// Lets what is concatenated be written to its place at once: where the kernel's result holds its inputs as whole pieces, one
  /// image in blocks of channels, for example, or where who makes an input can leave gaps. What cannot be moved there is copied.
  ///
  /// Runs before other buffers become one: until then nobody writes over a result that others read.
  mutating func writeIntoConcatenations() {
    var result: [Step] = []
    for index in steps.indices {
      let step = steps[index]
      guard let pieces = step.kernel.pieces, isWhole(step.output), buffers[step.output.buffer].kind == .transient
      else {
        result.append(step)
        continue
      }
      var (copies, hasMoved) = ([Step](), false)
      for (input, piece) in zip(step.inputs.indices, pieces) {
        let location = steps[index].inputs[input]
        var place = location
        (place.buffer, place.offset, place.layout) = (step.output.buffer, piece.offset, piece.layout)
        if isAlone(location), location.buffer != place.buffer, piece.layout == location.layout {
          move(location.buffer, to: place.buffer, at: piece.offset, &result)
          hasMoved = true
        } else if isAlone(location), let (maker, kernel) = kernel(writing: location, to: piece.layout, result) {
          (result[maker].kernel, result[maker].output) = (kernel, place)
          hasMoved = true
        } else {
          copies.append(
            Step(
              operation: step.operation, path: step.path, kernel: piece.copy ?? .copy(of: location), inputs: [location],
              output: place, multiplyAdds: 0))
        }
      }
      // A kernel that has to copy all of it does so on all threads.
      result += hasMoved ? copies : [step]
    }
    steps = result
  }

  /// The step of `made` that makes `location`, if nobody but the one who follows reads that, and its kernel with the result in
  /// `layout`.
  private func kernel(writing location: Location, to layout: Layout, _ made: [Step]) -> (maker: Int, kernel: Kernel)? {
    guard let maker = made.lastIndex(where: { $0.output == location }),
      steps.reduce(0, { $0 + $1.inputs.count { $0.buffer == location.buffer } }) == 1,
      let kernel = made[maker].kernel.written(in: layout)
    else { return nil }
    return (maker, kernel)
  }

  /// Whether a tensor fills its buffer.
  func isWhole(_ location: Location) -> Bool {
    location.offset == 0
      && location.layout.byteCount(location.shape, location.elementType) == buffers[location.buffer].byteCount
  }

  /// Whether a tensor, which is in the arena, is all of its buffer, and neither input nor output.
  private func isAlone(_ location: Location) -> Bool {
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
