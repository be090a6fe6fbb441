// MobileNet v2 and v3, EfficientNet.
extension KerasNames {
  /// What Keras calls the parts of an inverted residual, behind the name of the block.
  private struct Parts {
    var expansion: (String, String)
    var depthwise: (String, String)
    var gate: (String, String) = ("", "")
    var projection: (String, String)
  }

  private static func add(
    _ block: InvertedResidualPaths, called name: String, _ parts: Parts, to paths: inout [String: String]
  ) {
    func add(_ names: (String, String), _ places: (String, String)?) {
      guard let places else { return }
      (paths[name + names.0], paths[name + names.1]) = places
    }
    add(parts.expansion, block.expansion)
    add(parts.depthwise, block.depthwise)
    add(parts.gate, block.gate)
    add(parts.projection, block.projection)
  }

  /// `Conv1`, `bn_Conv1`, `expanded_conv_depthwise`, …, `block_1_expand`, `block_1_expand_BN`, …, `Conv_1`, `Conv_1_bn`,
  /// `predictions`.
  static func mobileNetV2(_ stages: [[InvertedResidualPaths]]) -> KerasNames {
    let blocks = stages.flatMap(\.self)
    var paths = [
      "Conv1": "features.0.0", "bn_Conv1": "features.0.1", "Conv_1": "features.\(blocks.count + 1).0",
      "Conv_1_bn": "features.\(blocks.count + 1).1", "predictions": "classifier.1", "Logits": "classifier.1",
    ]
    let parts = Parts(
      expansion: ("expand", "expand_BN"), depthwise: ("depthwise", "depthwise_BN"),
      projection: ("project", "project_BN"))
    for (number, block) in blocks.enumerated() {
      add(block, called: number == 0 ? "expanded_conv_" : "block_\(number)_", parts, to: &paths)
    }
    return KerasNames(.tensorFlow, options: ["padding": ["same", "even"]], paths)
  }

  /// `conv`, `conv_bn`, `expanded_conv_depthwise`, …, `expanded_conv_1_expand`, `expanded_conv_1_expand_bn`, …, `conv_1`,
  /// `conv_1_bn`, `conv_2`, `logits`; in Keras 2 `Conv/BatchNorm`, `expanded_conv_1/squeeze_excite/Conv`.
  static func mobileNetV3(_ stages: [[InvertedResidualPaths]]) -> KerasNames {
    let blocks = stages.flatMap(\.self)
    let last = "features.\(blocks.count + 1)"
    var paths: [String: String] = [:]
    for (conv, norm, logits) in [("conv", "_bn", "logits"), ("Conv", "/BatchNorm", "Logits")] {
      (paths[conv], paths[conv + norm]) = ("features.0.0", "features.0.1")
      (paths[conv + "_1"], paths[conv + "_1" + norm]) = (last + ".0", last + ".1")
      (paths[conv + "_2"], paths[logits]) = ("classifier.0", "classifier.3")
    }
    let new = Parts(
      expansion: ("_expand", "_expand_bn"), depthwise: ("_depthwise", "_depthwise_bn"),
      gate: ("_squeeze_excite_conv", "_squeeze_excite_conv_1"), projection: ("_project", "_project_bn"))
    let old = Parts(
      expansion: ("/expand", "/expand/BatchNorm"), depthwise: ("/depthwise", "/depthwise/BatchNorm"),
      gate: ("/squeeze_excite/Conv", "/squeeze_excite/Conv_1"), projection: ("/project", "/project/BatchNorm"))
    for (number, block) in blocks.enumerated() {
      for parts in [new, old] {
        add(block, called: number == 0 ? "expanded_conv" : "expanded_conv_\(number)", parts, to: &paths)
      }
    }
    return KerasNames(.tensorFlow, options: ["padding": ["same", "even"], "scaling": ["keras"]], paths)
  }

  /// `stem_conv`, `stem_bn`, `block1a_dwconv`, `block1a_bn`, `block1a_se_reduce`, …, `top_conv`, `top_bn`, `predictions`.
  static func efficientNet(_ stages: [[InvertedResidualPaths]]) -> KerasNames {
    var paths = [
      "stem_conv": "features.0.0", "stem_bn": "features.0.1", "top_conv": "features.\(stages.count + 1).0",
      "top_bn": "features.\(stages.count + 1).1", "predictions": "classifier.1", "probs": "classifier.1",
    ]
    let parts = Parts(
      expansion: ("expand_conv", "expand_bn"), depthwise: ("dwconv", "bn"), gate: ("se_reduce", "se_expand"),
      projection: ("project_conv", "project_bn"))
    for (stage, blocks) in stages.enumerated() {
      for (block, letter) in zip(blocks, "abcdefghijklmnopqrstuvwxyz") {
        add(block, called: "block\(stage + 1)\(letter)_", parts, to: &paths)
      }
    }
    return KerasNames(.normalization, options: ["padding": ["same"]], paths)
  }
}
