import FoveaCore
import FoveaGraph

/// An equation of Einstein's sums, such as `bij,bjk->bik`, for tensors of certain shapes.
private struct Equation {
  /// Of each input, and of the result; what `...` stands for has the names 0, 1, …, counted from the end.
  var inputs: [[Character]] = []
  var output: [Character] = []

  init(_ text: String, _ shapes: [Shape]) throws(ImportError) {
    let plain = text.filter { $0 != " " }
    let sides = plain.split(separator: "->", omittingEmptySubsequences: false)
    guard (1...2).contains(sides.count) else { throw Self.wrong(text) }
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false)
    guard terms.count == shapes.count else {
      throw ImportError("'\(text)' for \(shapes.count) inputs", fix: "check the file with onnx.checker")
    }
    for (term, shape) in zip(terms, shapes) { inputs.append(try Self.labels(term, rank: shape.rank, text)) }
    let open = inputs.joined().filter(\.isNumber)
    if sides.count == 2 {
      output = try Self.labels(sides[1], rank: nil, text, open: Set(open).count)
    } else {
      // What appears once, by the alphabet, behind what is open.
      let letters = inputs.joined().filter { !$0.isNumber }
      output = Set(open).sorted(by: >) + Set(letters).filter { label in letters.count { $0 == label } == 1 }.sorted()
    }
    guard Set(output).count == output.count, Set(output).isSubset(of: Set(inputs.joined())) else {
      throw Self.wrong(text)
    }
    for labels in inputs where Set(labels).count != labels.count {
      throw .unsupported("the diagonal in the equation '\(text)'")
    }
  }

  private static func wrong(_ text: String) -> ImportError {
    ImportError("the equation '\(text)'", fix: "write it like 'bij,bjk->bik'")
  }

  private static func labels(
    _ term: Substring, rank: Int?, _ text: String, open: Int = 0
  ) throws(ImportError) -> [Character] {
    let parts = String(term).split(separator: "...", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ $0.allSatisfy(\.isLetter) }) else { throw wrong(text) }
    let letters = parts.reduce(0) { $0 + $1.count }
    let count = parts.count == 1 ? 0 : rank.map { $0 - letters } ?? open
    guard (0..<10).contains(count), rank == nil || letters + count == rank else { throw wrong(text) }
    let between = (0..<count).reversed().map { Character("\($0)") }
    return Array(parts[0]) + between + (parts.count == 2 ? Array(parts[1]) : [])
  }
}

/// A tensor with a name for each axis.
private struct Labelled {
  var value: Value
  var labels: [Character]

  func size(_ label: Character) -> Int? { labels.firstIndex(of: label).map { value.shape[$0] } }

  /// With its axes in another order; those that it lacks have length 1.
  func arranged(_ node: NodeContext, as order: [Character]) throws(ImportError) -> Value {
    let own = order.filter(labels.contains)
    let turned = try node.transpose(value, own.map { labels.firstIndex(of: $0)! })
    return try node.reshape(turned, to: Shape(order.map { size($0) ?? 1 }))
  }

  /// With the axes summed that nobody asks for.
  func summed(_ node: NodeContext, keeping wanted: Set<Character>) throws(ImportError) -> Labelled {
    let axes = labels.indices.filter { !wanted.contains(labels[$0]) }
    guard !axes.isEmpty else { return self }
    return Labelled(value: try node.apply(Op.Sum(over: axes), value), labels: labels.filter(wanted.contains))
  }
}

extension ONNXOperators {
  /// Two tensors after another: a product of matrices, for every position of the axes that both keep.
  static func einsum(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let inputs = try node.inputs()
    let equation = try Equation(try node.text("equation", ""), inputs.map(\.shape))
    var sizes: [Character: Int] = [:]
    for (labels, input) in zip(equation.inputs, inputs) {
      for (label, size) in zip(labels, input.shape.dimensions) {
        if let other = sizes.updateValue(size, forKey: label), other != size {
          throw .unsupported("an equation in which '\(label)' is \(other) and \(size)")
        }
      }
    }
    var rest = zip(inputs, equation.inputs).map { Labelled(value: $0.inOrder, labels: $1) }
    for part in rest { _ = try node.checked(part.value) }
    var result = rest.removeFirst()
    while !rest.isEmpty {
      let next = rest.removeFirst()
      let wanted = Set(equation.output).union(rest.flatMap(\.labels))
      result = try product(node, result, next, keeping: wanted)
    }
    result = try result.summed(node, keeping: Set(equation.output))
    return [LaidOut(try result.arranged(node, as: equation.output))]
  }

  private static func product(
    _ node: NodeContext, _ first: Labelled, _ second: Labelled, keeping wanted: Set<Character>
  ) throws(ImportError) -> Labelled {
    // What only one of them has, and nobody asks for, is summed before.
    let a = try first.summed(node, keeping: wanted.union(second.labels))
    let b = try second.summed(node, keeping: wanted.union(first.labels))
    let common = a.labels.filter(b.labels.contains)
    let (batch, summed) = (common.filter(wanted.contains), common.filter { !wanted.contains($0) })
    let (rows, columns) = (a.labels.filter { !common.contains($0) }, b.labels.filter { !common.contains($0) })
    func count(_ labels: [Character], _ of: Labelled) -> Int { labels.reduce(1) { $0 * of.size($1)! } }
    let labels = batch + rows + columns
    let shape = Shape(labels.map { a.size($0) ?? b.size($0)! })
    guard !summed.isEmpty else {
      let y = try a.arranged(node, as: labels) * b.arranged(node, as: labels)
      return Labelled(value: try node.checked(y), labels: labels)
    }
    let leading = batch.isEmpty ? [] : [count(batch, a)]
    let left = try node.reshape(
      try a.arranged(node, as: batch + rows + summed), to: Shape(leading + [count(rows, a), count(summed, a)]))
    let right = try node.reshape(
      try b.arranged(node, as: batch + summed + columns), to: Shape(leading + [count(summed, b), count(columns, b)]))
    let y = try node.apply(Op.MatrixProduct(), left, right)
    return Labelled(value: try node.reshape(y, to: shape), labels: labels)
  }
}
