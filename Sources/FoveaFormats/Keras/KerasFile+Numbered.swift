import FoveaCore

// Files of Keras 3: `layers/conv2d_1/vars/0`, by the classes of layers and the order of a layer's weights.
extension KerasFile {
  /// What the weights of a layer of a class are, in their order.
  private static func leaves(of kind: String, count: Int) -> [String] {
    switch kind {
    case let kind where kind.hasPrefix("separable_conv"): ["depthwise_kernel", "pointwise_kernel", "bias"]
    case "batch_normalization":
      // Without a factor, a shift, or both: the moments are the last two.
      count < 3
        ? ["moving_mean", "moving_variance"]
        : count == 3
          ? ["beta", "moving_mean", "moving_variance"] : ["gamma", "beta", "moving_mean", "moving_variance"]
    case "layer_normalization", "group_normalization": ["gamma", "beta"]
    case "embedding": ["embeddings"]
    case "p_re_lu": ["alpha"]
    case "layer_scale": ["gamma"]
    case "normalization": ["mean", "variance", "count"]
    default: ["kernel", "bias"]
    }
  }

  /// Layers in the order of the model if there is a configuration, else by class, each class's in its order.
  static func numberedLayers(of file: HDF5File, _ configuration: KerasConfiguration?) -> [Layer] {
    var counts: [String: Int] = [:]
    for path in file.paths {
      let parts = path.split(separator: "/")
      guard parts.count >= 3, parts[parts.count - 2] == "vars", parts[parts.count - 3] != "seed_generator",
        let number = Int(parts[parts.count - 1]), number >= 0
      else { continue }
      counts[parts.dropLast(2).joined(separator: "/"), default: 0] += 1
    }
    let ranks = Dictionary(
      (configuration?.layers ?? []).enumerated().map { ($1.place, $0) }, uniquingKeysWith: { first, _ in first })
    let sorted = counts.keys.map(Place.init).sorted { a, b in
      let (x, y) = (ranks[a.path] ?? .max, ranks[b.path] ?? .max)
      return x != y ? x < y : (a.container, a.kind, a.number) < (b.container, b.kind, b.number)
    }
    return sorted.map { place in
      let count = counts[place.path]!
      let configured = ranks[place.path].map { configuration!.layers[$0] }
      let vars = place.path + "/vars"
      let leaves = leaves(of: place.kind, count: count)
      let name = configured?.name ?? file.texts[vars]?["name"]?.first
      return Layer(
        name: name ?? place.key, isNamed: name != nil, kind: configured?.kind ?? place.kind,
        epsilon: configured?.epsilon,
        weights: (0..<count).filter { file.arrays["\(vars)/\($0)"] != nil }.map {
          ($0 < leaves.count ? leaves[$0] : "vars/\($0)", "\(vars)/\($0)")
        })
    }
  }

  /// `layers/conv2d_1`, taken apart.
  private struct Place {
    let path: String
    let container: String
    let key: String
    let kind: String
    let number: Int

    init(_ path: String) {
      self.path = path
      let parts = path.split(separator: "/").map(String.init)
      (container, key) = (parts.dropLast().joined(separator: "/"), parts.last ?? "")
      if let underscore = key.lastIndex(of: "_"), let number = Int(key[key.index(after: underscore)...]) {
        (kind, self.number) = (String(key[..<underscore]), number)
      } else {
        (kind, number) = (key, 0)
      }
    }
  }
}
