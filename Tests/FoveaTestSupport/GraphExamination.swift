import FoveaCore
package import FoveaGraph
package import FoveaReference

extension Graph {
  /// One line for each node, e.g. `2 convolution(0, 1)`, then for each output and update.
  package var listing: [String] {
    nodes.enumerated().map { id, node in
      let name =
        switch node.operation {
        case let input as Op.Input: "input \(input.name)"
        case let parameter as Op.Parameter: "parameter \(parameter.path)"
        case let constant as Op.Constant where constant.tensor.shape.count <= 8: "constant \(constant.tensor.floats)"
        default: node.operation.label
        }
      return "\(id) \(name)" + (node.inputs.isEmpty ? "" : "(\(node.inputs.map(String.init).joined(separator: ", ")))")
    }
      + outputs.map { "output \($0.name) = \($0.node)" }
      + updates.map { "update \($0.parameter) = \($0.value)" }
  }

  /// The nodes that read what comes after them, or whose shape or element type is not what their operation gives.
  package var malformedNodes: [NodeID] {
    nodes.indices.filter { id in
      let (node, inputs) = (nodes[id], nodes[id].inputs)
      guard inputs.allSatisfy({ $0 < id }) else { return true }
      let shape = try? node.operation.outputShape(for: inputs.map { nodes[$0].shape })
      let type = try? node.operation.elementType(for: inputs.map { nodes[$0].elementType })
      return shape != node.shape || type != node.elementType
    }
  }

  /// Numbers for every input, by its name, and every parameter, by its path; each gets its own.
  ///
  /// - Parameter range: of the numbers; integers are 0 and 1.
  package func feed(
    in range: (_ name: String) -> ClosedRange<Double> = { _ in 0.2...1 }
  ) -> [String: ReferenceTensor<Double>] {
    var feed: [String: ReferenceTensor<Double>] = [:]
    for node in nodes {
      guard let name = (node.operation as? Op.Input)?.name ?? (node.operation as? Op.Parameter)?.path else { continue }
      let seed = RandomStream.identifier(of: name)
      let random = RandomStream(seed: 0, stream: seed)
      feed[name] =
        node.elementType == .int32
        ? ReferenceTensor(
          integers: (0..<node.shape.count).map { Int32(random.integer($0, below: 2)) }, shape: node.shape)
        : .distinct(node.shape, in: range(name), seed: UInt64(seed))
    }
    return feed
  }

  /// The numbers of every output, by its name, and of every update, by its parameter's path: node by node with the
  /// reference kernels.
  package func results(on feed: [String: ReferenceTensor<Double>]? = nil) -> [String: [Double]] {
    let feed = feed ?? self.feed()
    let results = ReferenceEvaluator.evaluate(self) { feed[$0]! }
    var numbers: [String: [Double]] = [:]
    for output in outputs { numbers[output.name] = results[output.node].values }
    for update in updates {
      numbers[(nodes[update.parameter].operation as! Op.Parameter).path] = results[update.value].values
    }
    return numbers
  }
}
