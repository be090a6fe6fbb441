package import FoveaFormats

extension ONNXGraph {
  /// The nodes, and those of the branches within them.
  private var allNodes: [ONNXNode] {
    var (result, waiting) = ([ONNXNode](), nodes[...])
    while let node = waiting.popFirst() {
      result.append(node)
      for case .branch(let branch) in node.attributes.values { waiting += branch.nodes }
    }
    return result
  }

  /// - Errors: every operator that is not read, with the nodes that ask for it; else every attribute that is none of its
  ///   operator's.
  package func checkOperators(_ path: String) throws(FormatError) {
    try checkOperators(path, refused: [])
  }

  /// - Parameter refused: what else is not read, and the nodes that ask for it.
  func checkOperators(_ path: String, refused: [(what: String, node: ONNXNode)]) throws(FormatError) {
    var nodesByOperator: [String: [String]] = [:]
    for node in allNodes where !ONNXOperators.isRead(node.operatorName) {
      nodesByOperator[node.operatorName, default: []].append(node.title)
    }
    guard nodesByOperator.isEmpty else {
      for (what, node) in refused { nodesByOperator[what, default: []].append(node.title) }
      let list = nodesByOperator.sorted { $0.key < $1.key }.map { "\($0) (\(Self.few($1)))" }
      throw FormatError(.unsupported, path, "it has operators that are not read here: \(list.joined(separator: ", "))")
    }
    let unknown = allNodes.flatMap { node in
      ONNXAttributes.unknown(of: node, opset: opset).map { "'\($0)' of \(node.type) (\(node.title))" }
    }
    guard unknown.isEmpty else {
      throw FormatError(
        .unsupported, path,
        "it has attributes that its operators do not have: \(Self.few(unknown)); export the model without them")
    }
  }

  /// The first names of a list, and how many more there are.
  private static func few(_ names: [String]) -> String {
    names.prefix(4).joined(separator: ", ") + (names.count > 4 ? " and \(names.count - 4) more" : "")
  }
}

extension ONNXNode {
  /// The operator, with the name of whose it is before it if it is none of ONNX's own: `com.microsoft.QLinearAdd`.
  var operatorName: String { domain.isEmpty ? type : "\(domain).\(type)" }

  /// What errors call it.
  var title: String { name.isEmpty ? outputs.first ?? "?" : name }
}
