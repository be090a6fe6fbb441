import FoveaCore
import FoveaLayers

/// A layer that has parameters of its own.
struct ParameterLayer {
  let path: String
  /// The name of Keras's class for it, as its files have it: `batch_normalization`.
  let kerasKind: String
  let parameters: [Op.Parameter]
  /// ε, if it is a batch normalisation.
  let epsilon: Float?
  /// The mean of the batch normalisation that follows at once, and of which layer it is.
  let meanBehind: (layer: String, path: String, shape: Shape)?
}

extension Op.Parameter {
  /// The last part of its path.
  var leaf: String { path.split(separator: ".").last.map(String.init) ?? path }
}

extension TracedModel {
  /// The layers with parameters, in the order in which they are computed.
  var parameterLayers: [ParameterLayer] {
    let all = graph.parameters.map(\.parameter)
    let byLayer = Dictionary(grouping: all) { String($0.path.dropLast($0.leaf.count + 1)) }
    let leaves = layers.filter { $0.isLeaf && !$0.nodes.isEmpty }
    let next = Dictionary(
      zip(leaves, leaves.dropFirst()).map { ($0.path, $1) }, uniquingKeysWith: { first, _ in first })
    let separable = Set(layers.filter { $0.kind.hasPrefix("SeparableConv") }.map(\.path))
    return layers.compactMap { layer in
      guard let parameters = byLayer[layer.path] else { return nil }
      let norm = next[layer.path].flatMap { $0.kind == "BatchNorm" ? $0 : nil }
      let mean = norm.flatMap { norm in
        byLayer[norm.path]?.first { $0.leaf == "moving_mean" }.map { (norm.path, $0.path, $0.shape) }
      }
      let container = layer.path.lastIndex(of: ".").map { String(layer.path[..<$0]) }
      let kind = container.map(separable.contains) == true ? "SeparableConv2D" : layer.kind
      return ParameterLayer(
        path: layer.path, kerasKind: Self.kerasKinds[kind] ?? kind.lowercased(), parameters: parameters,
        epsilon: layer.kind == "BatchNorm" ? epsilon(ofNorm: layer) : nil, meanBehind: mean)
    }
  }

  private static let kerasKinds = [
    "BatchNorm": "batch_normalization", "LayerNorm": "layer_normalization", "GroupNorm": "group_normalization",
    "DepthwiseConv1D": "depthwise_conv1d", "DepthwiseConv2D": "depthwise_conv2d",
    "SeparableConv1D": "separable_conv1d", "SeparableConv2D": "separable_conv2d", "PReLU": "p_re_lu",
    "TransposedConv2D": "conv2d_transpose",
  ]

  /// Whether the layers with parameters follow one after another: nothing is added or joined that has passed through
  /// different ones.
  var isChain: Bool {
    let places = Dictionary(
      parameterLayers.enumerated().flatMap { place, layer in layer.parameters.map { ($0.path, place) } },
      uniquingKeysWith: { first, _ in first })
    // Of each node: the last layer through which its input has come, `nil` if it does not depend on the input; and
    // the last layer whose parameters are all that it is made of.
    var (last, own) = ([Int?](), [Int]())
    for node in graph.nodes {
      let came = Set(node.inputs.compactMap { last[$0] })
      guard came.count <= 1 else { return false }
      let place = (node.operation as? Op.Parameter).flatMap { places[$0.path] }
      let taken = place ?? node.inputs.map { own[$0] }.max() ?? -1
      last.append(node.operation is Op.Input ? -1 : came.first.map { max($0, taken) })
      own.append(came.isEmpty ? taken : -1)
    }
    return true
  }
}
