/// The operators that are read, by ONNX's names, those of others with the name of whose they are before it; a family in
/// each file.
enum ONNXOperators {
  /// Makes an operator's results, in the order of the node's outputs; outputs that are left out are not made.
  typealias Make = @Sendable (NodeContext) throws(ImportError) -> [LaidOut]

  static let all: [String: Make] = [
    convolutions, poolings, normalizations, activations, arithmetic, products, arrangements, slicings, resizings,
    reductions, softmaxes, comparisons, roundings, trigonometry, accumulations, selections, picks, scatters,
    quantizations, quantizedProducts, quantizedFunctions, fusedOperators, samplings, borders,
    ["Einsum": einsum, "Col2Im": columnsToImage],
  ].reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }

  /// The operators that take whole numbers as they are; for all others they become floats.
  static let takingIntegers: Set = [
    "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "MaxUnpool", "Gather",
  ]

  /// The input whose numbers mean what the results mean, where that is not the first and the operator does not say.
  static let meaningfulInput = ["Where": 1, "OneHot": 2]

  /// Whether nodes of the type can be read, here or as numbers that are known before.
  static func isRead(_ type: String) -> Bool {
    all[type] != nil || Folding.all[type] != nil || ["Shape", "Size", "If"].contains(type)
  }
}
