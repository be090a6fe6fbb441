import FoveaCore
import FoveaGraph

/// Runs a graph on what another program was given, and looks for the first result that differs.
struct Examination {
  let graph: Graph
  /// Of the file with the arrays, for errors.
  let path: String
  let input: Tensor
  let parameters: [String: Tensor]
  let backend: BackendChoice
  /// In the order of the graph.
  let wanted: [Wanted]

  /// A result that another program gave.
  struct Wanted {
    var name: String
    var node: Graph.NodeID
    /// In that program's order of axes.
    var array: Tensor
  }

  /// - Parameter ignored: arrays that are compared with nothing.
  /// - Errors: an array for other examples; a number that is none where the network gives one.
  func verification(ignored: [String]) throws -> Verification {
    var verification = Verification(ignored: ignored)
    let results = try Self.results(of: wanted.map(\.node), in: graph, input: input, parameters, backend)
    var sound: [Graph.NodeID] = []
    for (wanted, result) in zip(wanted, results) {
      let arrangements = Tensor.matching(wanted.array, result.shape)
      let differences = arrangements.map { ($0, ArrayDifference(result, from: $0)) }
      guard let (array, difference) = differences.min(by: { $0.1.relative < $1.1.relative }) else {
        if let mistake = Self.otherBatch(wanted, result.shape) { throw NetworkError("\(path): \(mistake)") }
        verification.difference = .init(
          name: wanted.name, text: "\(wanted.array.shape) there, \(result.shape) here",
          cause: "another stride, padding or number of channels")
        return verification
      }
      if difference.relative <= Verification.tolerance {
        verification.agreeing.append(wanted.name)
        verification.largest = max(verification.largest, difference.relative)
        sound.append(wanted.node)
        continue
      }
      let place = result.shape.indices(of: difference.index).map(String.init).joined(separator: ",")
      let (found, expected) = (result.floats[difference.index], array.floats[difference.index])
      guard expected.isFinite else {
        throw NetworkError(
          "\(path): '\(wanted.name)' holds \(expected) at \(place), where \(found) comes out here: the other program's "
            + "result overflowed or is damaged; compute it anew")
      }
      let share =
        difference.relative.isFinite ? ", \(Verification.short(difference.relative)) of the largest number" : ""
      let text = "\(found) in place of \(expected) at \(place)\(share)"
      verification.difference = .init(
        name: wanted.name, text: text,
        cause: try cause(of: wanted, result: result, expected: arrangements, after: sound))
      return verification
    }
    return verification
  }

  /// What is wrong with an array that has as many numbers for each example as the result, but other examples.
  private static func otherBatch(_ wanted: Wanted, _ shape: Shape) -> String? {
    let examples = wanted.array.shape.rank >= 1 ? wanted.array.shape[0] : 0
    guard shape.rank >= 1, examples != shape[0],
      !Tensor.matching(wanted.array, Shape([examples] + shape.dimensions.dropFirst())).isEmpty
    else { return nil }
    return "'\(wanted.name)' has \(counted(examples, "example")), the input \(shape[0]); save both for the same ones"
  }

  /// What makes the result agree, if one change to the nodes behind those that agree does.
  private func cause(
    of wanted: Wanted, result: Tensor, expected: [Tensor], after sound: [Graph.NodeID]
  ) throws -> String? {
    func explains(_ candidate: Tensor) -> Bool {
      expected.contains { ArrayDifference(candidate, from: $0).relative <= Verification.tolerance }
    }
    for (text, function) in UsualCause.functions
    where explains(function(result)) { return text }
    for expected in expected {
      for (text, function) in UsualCause.functions
      where ArrayDifference(result, from: function(expected)).relative <= Verification.tolerance {
        return text.replacing("after", with: "before")
      }
    }
    let (reached, known) = (graph.ancestors(of: [wanted.node]), graph.ancestors(of: sound))
    let suspects = Set(graph.nodes.indices.filter { reached[$0] && !known[$0] })
    for cause in UsualCause.all(for: suspects, in: graph) {
      var changed = graph
      changed.outputs = [Graph.Output(name: "result", node: wanted.node)]
      cause.apply(to: &changed)
      let result = try Self.results(of: changed.outputs.map(\.node), in: changed, input: input, parameters, backend)
      if explains(result[0]) { return cause.text }
    }
    return nil
  }

  /// The results of some nodes.
  private static func results(
    of nodes: [Graph.NodeID], in graph: Graph, input: Tensor, _ parameters: [String: Tensor], _ backend: BackendChoice
  ) throws -> [Tensor] {
    var graph = graph
    graph.outputs = nodes.enumerated().map { Graph.Output(name: "result \($0)", node: $1) }
    let results = try backend.run(graph, on: ["input": input], parameters: parameters)
    return graph.outputs.map { results[$0.name]! }
  }
}

extension Shape {
  /// Where the element lies that is the `index`-th in row-major order.
  fileprivate func indices(of index: Int) -> [Int] {
    zip(rowMajorStrides, dimensions).map { index / $0 % $1 }
  }
}
