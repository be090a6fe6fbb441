// Xception, Inception v3 and Inception-ResNet v2, whose layers partly have no name; ConvNeXt.
extension KerasNames {
  /// `block1_conv1`, `block1_conv1_bn`, …, `block2_sepconv1`, `block2_sepconv1_bn`, …, `block14_sepconv2`, `predictions`;
  /// shortcuts are `conv2d`, `batch_normalization`, ….
  ///
  /// - Parameter units: how many separable convolutions each residual unit has, and whether a rectifier comes first.
  static func xception(units: [(count: Int, beginsWithReLU: Bool)]) -> KerasNames {
    var paths = [
      "block1_conv1": "conv1", "block1_conv1_bn": "bn1", "block1_conv2": "conv2", "block1_conv2_bn": "bn2",
      "predictions": "fc",
    ]
    func add(_ name: String, _ place: String, norm: String) {
      paths["\(name)/depthwise"] = "\(place).conv1"
      paths["\(name)/pointwise"] = "\(place).pointwise"
      paths["\(name)_bn"] = norm
    }
    for (index, unit) in units.enumerated() {
      for number in 1...max(unit.count, 1) {
        // Our layers in a row: a rectifier, the convolution, its normalisation.
        let place = 3 * (number - 1) + (unit.beginsWithReLU ? 1 : 0)
        let rep = "block\(index + 1).rep"
        add("block\(index + 2)_sepconv\(number)", "\(rep).\(place)", norm: "\(rep).\(place + 1)")
      }
    }
    add("block\(units.count + 2)_sepconv1", "conv3", norm: "bn3")
    add("block\(units.count + 2)_sepconv2", "conv4", norm: "bn4")
    let projected = ["block1", "block2", "block3", "block\(units.count)"]
    return KerasNames(
      .tensorFlow, options: ["padding": ["same"]],
      numbered: ["conv2d": projected.map { $0 + ".skip" }, "batch_normalization": projected.map { $0 + ".skipbn" }],
      paths)
  }

  /// All convolutions and normalisations have numbers only.
  static var inceptionV3: KerasNames {
    func module(_ name: String, _ branches: [(String, [String])]) -> [String] {
      branches.flatMap { branch, ends in ends.map { "Mixed_\(name).branch\(branch)\($0)" } }
    }
    var places = ["1a_3x3", "2a_3x3", "2b_3x3", "3b_1x1", "4a_3x3"].map { "Conv2d_" + $0 }
    for name in ["5b", "5c", "5d"] {
      places += module(
        name, [("1x1", [""]), ("5x5_", ["1", "2"]), ("3x3dbl_", ["1", "2", "3"]), ("_pool", [""])])
    }
    places += module("6a", [("3x3", [""]), ("3x3dbl_", ["1", "2", "3"])])
    for name in ["6b", "6c", "6d", "6e"] {
      places += module(
        name,
        [("1x1", [""]), ("7x7_", ["1", "2", "3"]), ("7x7dbl_", ["1", "2", "3", "4", "5"]), ("_pool", [""])])
    }
    places += module("7a", [("3x3_", ["1", "2"]), ("7x7x3_", ["1", "2", "3", "4"])])
    for name in ["7b", "7c"] {
      places += module(
        name, [("1x1", [""]), ("3x3_", ["1", "2a", "2b"]), ("3x3dbl_", ["1", "2", "3a", "3b"]), ("_pool", [""])])
    }
    return KerasNames(
      .tensorFlow, options: ["averages": ["inside"]], numbered: numbered(places), ["predictions": "fc"])
  }

  /// Names have `block35_1_conv`, `block17_1_conv`, `block8_1_conv`, …, which join branches, `conv_7b` and
  /// `predictions`; all else has numbers.
  static var inceptionResNetV2: KerasNames {
    var places = ["1a", "2a", "2b", "3b", "4a"].map { "conv2d_" + $0 }
    var paths = ["conv_7b": "conv2d_7b.conv", "conv_7b_bn": "conv2d_7b.bn", "predictions": "classif"]
    func add(_ module: String, _ branches: [String]) { places += branches.map { "\(module).branch\($0)" } }
    func repeated(_ modules: [String], _ name: String, _ branches: [String]) {
      for (index, module) in modules.enumerated() {
        add(module, branches)
        paths["\(name)_\(index + 1)_conv"] = "\(module).conv2d"
      }
    }
    add("mixed_5b", ["0", "1.0", "1.1", "2.0", "2.1", "2.2", "3.1"])
    repeated((0..<10).map { "repeat.\($0)" }, "block35", ["0", "1.0", "1.1", "2.0", "2.1", "2.2"])
    add("mixed_6a", ["0", "1.0", "1.1", "1.2"])
    repeated((0..<20).map { "repeat_1.\($0)" }, "block17", ["0", "1.0", "1.1", "1.2"])
    add("mixed_7a", ["0.0", "0.1", "1.0", "1.1", "2.0", "2.1", "2.2"])
    repeated((0..<9).map { "repeat_2.\($0)" } + ["block8"], "block8", ["0", "1.0", "1.1", "1.2"])
    return KerasNames(.tensorFlow, numbered: numbered(places), paths)
  }

  /// Each place has a convolution and then a normalisation.
  private static func numbered(_ places: [String]) -> [String: [String]] {
    ["conv2d": places.map { $0 + ".conv" }, "batch_normalization": places.map { $0 + ".bn" }]
  }

  /// `convnext_tiny_stem_conv`, `convnext_tiny_stage_0_block_0_depthwise_conv`, …, `convnext_tiny_head_dense`.
  static func convNeXt(blocks: [Int], name: String) -> KerasNames {
    var paths = [
      "stem_conv": "features.0.0", "stem_layernorm": "features.0.1", "head_layernorm": "classifier.0",
      "head_dense": "classifier.2",
    ]
    for (stage, count) in blocks.enumerated() {
      if stage > 0 {
        paths["downsampling_layernorm_\(stage - 1)"] = "features.\(2 * stage).0"
        paths["downsampling_conv_\(stage - 1)"] = "features.\(2 * stage).1"
      }
      for index in 0..<count {
        let (theirs, ours) = ("stage_\(stage)_block_\(index)", "features.\(2 * stage + 1).\(index)")
        paths["\(theirs)_layer_scale"] = ours
        for (part, number) in [
          ("depthwise_conv", 0), ("layernorm", 2), ("pointwise_conv_1", 3), ("pointwise_conv_2", 5),
        ] {
          paths["\(theirs)_\(part)"] = "\(ours).block.\(number)"
        }
      }
    }
    return KerasNames(.torch, Dictionary(uniqueKeysWithValues: paths.map { ("\(name)_\($0)", $1) }))
  }
}
