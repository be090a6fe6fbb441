/// The operators that are read, by ONNX's names; a family in each file.
enum ONNXOperators {
  /// Makes an operator's results, in the order of the node's outputs; outputs that are left out are not made.
  typealias Make = @Sendable (NodeContext) throws(ImportError) -> [LaidOut]

  static let all: [String: Make] = [
    convolutions, poolings, normalizations, activations, arithmetic, products, arrangements, slicings, resizings,
    reductions, softmaxes,
  ].reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }

  /// Whether nodes of the type can be read, here or as numbers that are known before.
  static func isRead(_ type: String) -> Bool {
    all[type] != nil || Folding.all[type] != nil || ["Shape", "Size", "If"].contains(type)
  }
}
