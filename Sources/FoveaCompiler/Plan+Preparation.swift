extension Plan {
  /// Lets what belongs together be prepared together, the largest first: a part needs memory for its weights as they are
  /// and on the way, beside all that is prepared already, which in the beginning is nothing.
  mutating func preparePartsInTurn() {
    // Steps belong together that one reads what another makes.
    var part = Array(preparation.indices)
    func first(_ step: Int) -> Int {
      var step = step
      while part[step] != step { step = part[step] }
      return step
    }
    var maker: [Int: Int] = [:]
    for (index, step) in preparation.enumerated() {
      for input in step.inputs {
        guard let other = maker[input.buffer].map(first), other != first(index) else { continue }
        let (a, b) = (min(other, first(index)), max(other, first(index)))
        part[b] = a
      }
      maker[step.output.buffer] = index
    }
    var byteCount: [Int: Int] = [:]
    for (index, step) in preparation.enumerated() {
      let places = step.inputs.map(\.buffer) + [step.output.buffer] + (step.scratch.map { [$0] } ?? [])
      byteCount[first(index), default: 0] += Set(places).reduce(0) { $0 + buffers[$1].byteCount }
    }
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
}
