import FoveaFormats

/// What the nodes and initializers of an ONNX graph are called in ours: paths with dots.
struct ONNXNames: Sendable {
  /// Of each node; `nil` for one that gets a number.
  private(set) var layers: [String?] = []
  /// Of each initializer.
  private(set) var parameters: [String: String] = [:]

  init(_ graph: ONNXGraph) {
    var taken = Taken()
    var paths: [String: String] = [:]
    for name in graph.initializers.keys.sorted() {
      paths[name] = taken.unique(Self.path(name) ?? "parameter")
    }
    parameters = paths
    for node in graph.nodes {
      // What a layer's weights say of its name is better than what exporters call the node.
      let ofWeights = node.inputs.lazy.compactMap { paths[$0] }.first { $0.hasSuffix(".weight") }?
        .dropLast(".weight".count)
      if let ofWeights, taken.paths.insert(String(ofWeights)).inserted {
        layers.append(String(ofWeights))
      } else {
        layers.append(Self.path(node.name).map { taken.unique($0) })
      }
    }
  }

  /// `/features/features.0/Conv` → `features.0.Conv`; `nil` if nothing is left.
  private static func path(_ name: String) -> String? {
    var parts: [Substring] = []
    for part in name.split(separator: "/") {
      // PyTorch's exporter repeats the path at every level.
      if let last = parts.last, part.hasPrefix(last + ".") { parts.removeLast() }
      parts.append(part)
    }
    let path = parts.joined(separator: ".").map { $0.isWhitespace || $0 == "\0" ? "_" : $0 }
    return path.isEmpty ? nil : String(path)
  }

  /// The paths given so far. Which number a name got last is kept: a file may give one name to all its nodes.
  private struct Taken {
    var paths: Set<String> = []
    private var numbers: [String: Int] = [:]

    mutating func unique(_ path: String) -> String {
      var candidate = path
      while !paths.insert(candidate).inserted {
        numbers[path, default: 1] += 1
        candidate = "\(path)_\(numbers[path]!)"
      }
      return candidate
    }
  }
}
