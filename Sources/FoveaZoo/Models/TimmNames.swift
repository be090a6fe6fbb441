/// timm's names of layers, and torchvision's of the same ones, which are ours.
struct TimmNames: Sendable {
  /// Ours by timm's, both without the leaf of a parameter.
  private var layers: [String: String] = [:]

  init() {}

  /// Our name of a tensor; its own if it is none of timm's.
  func ours(_ name: String) -> String {
    if let layer = layers[name] { return layer }
    guard let dot = name.lastIndex(of: "."), let layer = layers[String(name[..<dot])] else { return name }
    return layer + name[dot...]
  }

  subscript(timm: String) -> String? {
    get { layers[timm] }
    set { layers[timm] = newValue }
  }
}

// Inverted residuals: MobileNet v2 and v3, EfficientNet.
extension TimmNames {
  /// The names of a network of such blocks, by stages.
  ///
  /// - Parameters:
  ///   - stem: the first convolution with its normalisation.
  ///   - stages: what stands between.
  init(stem: String, stages: [[InvertedResidualPaths]]) {
    self["conv_stem"] = "\(stem).0"
    self["bn1"] = "\(stem).1"
    for (stage, blocks) in stages.enumerated() {
      for (index, block) in blocks.enumerated() { add(block, at: "blocks.\(stage).\(index)") }
    }
  }

  private mutating func add(_ block: InvertedResidualPaths, at place: String) {
    let isExpanded = block.expansion != nil
    let pairs = [
      ("conv_pw", block.expansion), ("conv_dw", block.depthwise),
      (isExpanded ? "conv_pwl" : "conv_pw", block.projection),
    ]
    var number = 1
    for case (let name, let pair?) in pairs {
      (self["\(place).\(name)"], self["\(place).bn\(number)"]) = (pair.convolution, pair.norm)
      number += 1
    }
    (self["\(place).se.conv_reduce"], self["\(place).se.conv_expand"]) = (block.gate?.reduction, block.gate?.expansion)
  }
}
