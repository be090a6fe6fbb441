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

  /// A result that differs.
  private struct Finding {
    let wanted: Wanted
    /// Its array in the orders of axes that it may have.
    let arrangements: [Tensor]
    /// What is there, in words.
    let text: String
    /// What one program applied and the other did not, if that is all.
    let function: Function?

    struct Function {
      let name: String
      /// Whether the other program's array is from before it, and ours from behind it.
      let isTheirsFirst: Bool

      var text: String { "the array has the values \(isTheirsFirst ? "before" : "after") the \(name)" }
    }

    func difference(_ cause: String?) -> Verification.Difference {
      .init(name: wanted.name, text: text, cause: cause)
    }
  }

  /// - Parameter ignored: arrays that are compared with nothing.
  /// - Errors: an array for other examples; a number that is none where the network gives one.
  func verification(ignored: [String]) throws -> Verification {
    var verification = Verification(ignored: ignored)
    let results = try Self.results(of: wanted.map(\.node), in: graph, input: input, parameters, backend)
    var sound: [Graph.NodeID] = []
    // Arrays that differ by an activation alone: what one program has as a layer of its own is a part of it in the other.
    var doubtful: [Finding] = []
    /// Of the arrays that nothing acquits and the one that no activation explains, the first whose difference one change
    /// explains.
    func told(before last: Finding?) throws -> Verification.Difference? {
      for finding in doubtful.prefix(1) + (last.map { [$0] } ?? []) {
        if let cause = try cause(of: finding, after: sound) { return finding.difference(cause) }
      }
      guard let first = doubtful.first, let function = first.function else { return last?.difference(nil) }
      guard let last else { return first.difference(function.text) }
      // Their negative numbers where ours are 0 may be another activation's, too, if what follows differs.
      return first.difference(
        function.isTheirsFirst
          ? nil : "\(function.text), which may be no fault; \(last.wanted.name) behind it differs for no usual cause")
    }
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
      if difference.isAgreement {
        // What follows from them is right, and so are they.
        let reached = graph.ancestors(of: graph.nodes[wanted.node].inputs)
        verification.agreeing += doubtful.filter { reached[$0.wanted.node] }.map(\.wanted.name) + [wanted.name]
        verification.largest = max(verification.largest, difference.relative)
        doubtful.removeAll { reached[$0.wanted.node] }
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
      let finding = Finding(
        wanted: wanted, arrangements: arrangements, text: text,
        function: Self.function(between: result, and: arrangements))
      guard finding.function != nil else {
        verification.difference = try told(before: finding)
        return verification
      }
      doubtful.append(finding)
    }
    verification.difference = try told(before: nil)
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

  private static func agree(_ found: Tensor, _ expected: Tensor) -> Bool {
    ArrayDifference(found, from: expected).isAgreement
  }

  /// The activation that one of the programs applied and the other did not, if that makes them agree.
  private static func function(between result: Tensor, and expected: [Tensor]) -> Finding.Function? {
    for (name, function) in UsualCause.functions {
      if case let found = function(result), expected.contains(where: { agree(found, $0) }) {
        return .init(name: name, isTheirsFirst: false)
      }
      if expected.contains(where: { agree(result, function($0)) }) { return .init(name: name, isTheirsFirst: true) }
    }
    return nil
  }

  /// What makes the result agree, if one change to the nodes behind those that agree does.
  private func cause(of finding: Finding, after sound: [Graph.NodeID]) throws -> String? {
    let node = finding.wanted.node
    let (reached, known) = (graph.ancestors(of: [node]), graph.ancestors(of: sound))
    let suspects = Set(graph.nodes.indices.filter { reached[$0] && !known[$0] })
    for cause in UsualCause.all(for: suspects, in: graph) {
      var changed = graph
      changed.outputs = [Graph.Output(name: "result", node: node)]
      cause.apply(to: &changed)
      let result = try Self.results(of: changed.outputs.map(\.node), in: changed, input: input, parameters, backend)
      if finding.arrangements.contains(where: { Self.agree(result[0], $0) }) { return cause.text }
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
