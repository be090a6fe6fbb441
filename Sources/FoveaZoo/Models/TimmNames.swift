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
  /// A block: channels more, a depthwise convolution, perhaps a gate, channels fewer.
  struct Block {
    /// Its path, which the number of a layer follows.
    var path: String
    /// Whether there is a convolution before the depthwise one.
    var isExpanded: Bool
    var isGated = false
    /// Whether the last convolution and its normalisation are numbered on their own, as in MobileNet v2.
    var endsApart = false
  }

  /// The names of a network of such blocks, by stages.
  ///
  /// - Parameters:
  ///   - stem: the first convolution with its normalisation.
  ///   - stages: what stands between.
  init(stem: String, stages: [[Block]]) {
    self["conv_stem"] = "\(stem).0"
    self["bn1"] = "\(stem).1"
    for (stage, blocks) in stages.enumerated() {
      for (index, block) in blocks.enumerated() { add(block, at: "blocks.\(stage).\(index)") }
    }
  }

  private mutating func add(_ block: Block, at place: String) {
    var number = 0
    func own() -> String { "\(block.path).\(number)" }
    func norm() -> String { "\(place).bn\(number + 1)" }
    if block.isExpanded {
      (self["\(place).conv_pw"], self[norm()]) = (own() + ".0", own() + ".1")
      number += 1
    }
    (self["\(place).conv_dw"], self[norm()]) = (own() + ".0", own() + ".1")
    number += 1
    let last = norm()
    if block.isGated {
      (self["\(place).se.conv_reduce"], self["\(place).se.conv_expand"]) = (own() + ".fc1", own() + ".fc2")
      number += 1
    }
    self["\(place).\(block.isExpanded ? "conv_pwl" : "conv_pw")"] = block.endsApart ? own() : own() + ".0"
    self[last] = block.endsApart ? "\(block.path).\(number + 1)" : own() + ".1"
  }
}
