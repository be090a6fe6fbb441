extension Plan {
  /// Lets what belongs together be prepared together, the largest first: a part needs memory for its weights as they are
  /// and on the way, beside all that is prepared already, which in the beginning is nothing.
  mutating func preparePartsInTurn() {
    // Steps belong together that one reads what another makes, or that make one thing.
    var part = Array(preparation.indices)
    func first(_ step: Int) -> Int {
      var step = step
      while part[step] != step { step = part[step] }
      return step
    }
    var maker: [Int: Int] = [:]
    for (index, step) in preparation.enumerated() {
      for buffer in step.inputs.map(\.buffer) + [step.output.buffer] {
        guard let other = maker[buffer].map(first), other != first(index) else { continue }
        let (a, b) = (min(other, first(index)), max(other, first(index)))
        part[b] = a
      }
      maker[step.output.buffer] = index
    }
    var places: [Int: Set<Int>] = [:]
    for (index, step) in preparation.enumerated() {
      places[first(index), default: []].formUnion(
        step.inputs.map(\.buffer) + [step.output.buffer] + (step.scratch.map { [$0] } ?? []))
    }
    let byteCount = places.mapValues { $0.reduce(0) { $0 + buffers[$1].byteCount } }
    let order = preparation.indices.sorted { a, b in
      let (partA, partB) = (first(a), first(b))
      return (byteCount[partB]!, partA, a) < (byteCount[partA]!, partB, b)
    }
    preparation = order.map { preparation[$0] }
  }

  /// For each step that prepares weights, the working memory that it and those after it need.
  var bytesOfPreparation: [Int] {
    var (need, needs) = (0, [Int]())
    for step in preparation.reversed() {
      for index in step.inputs.map(\.buffer) + [step.output.buffer] + (step.scratch.map { [$0] } ?? [])
      where buffers[index].kind == .preparation {
        need = max(need, buffers[index].offset + buffers[index].byteCount)
      }
      needs.append(need)
    }
    return needs.reversed()
  }

  /// What no step that prepares weights, and no run, reads after a step.
  package struct LastReading {
    package let path: String
    /// From where the parameter starts.
    package let bytes: Range<Int>
  }

  /// For each step that prepares weights, what it reads of the parameters for the last time.
  package var lastReadings: [[LastReading]] {
    var readers: [Int: [(step: Int, bytes: Range<Int>)]] = [:]
    for (index, step) in preparation.enumerated() {
      for input in step.inputs {
        let count = input.layout.byteCount(input.shape, input.elementType)
        readers[input.buffer, default: []].append((index, input.offset..<input.offset + count))
      }
    }
    for step in steps { for location in step.inputs + [step.output] { readers[location.buffer] = nil } }
    for location in outputs.values { readers[location.buffer] = nil }
    var result = [[LastReading]](repeating: [], count: preparation.count)
    for (path, location) in parameters {
      guard let readings = readers[location.buffer] else { continue }
      for (place, reading) in readings.enumerated() {
        let later = readings[(place + 1)...]
        if later.isEmpty {
          result[reading.step].append(LastReading(path: path, bytes: 0..<buffers[location.buffer].byteCount))
        } else if !later.contains(where: { $0.bytes.overlaps(reading.bytes) }) {
          result[reading.step].append(LastReading(path: path, bytes: reading.bytes))
        }
      }
    }
    return result
  }
}
