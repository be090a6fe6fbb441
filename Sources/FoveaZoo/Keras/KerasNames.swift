/// What the applications of Keras call the layers of a family, where their architecture is ours.
public struct KerasNames: Sendable {
  /// ε of their normalisations, for files that do not say it.
  public let epsilon: Float
  /// Our paths by their names; the two convolutions of a separable one are `name/depthwise` and `name/pointwise`.
  public let paths: [String: String]
  /// Where the model chosen is not theirs: how it differs, and what to do; `nil` if it is.
  public let difference: String?

  init(epsilon: Float = 1e-3, difference: String? = nil, _ paths: [String: String]) {
    (self.epsilon, self.paths, self.difference) = (epsilon, paths, difference)
  }

  /// Of a family whose strided windows are elsewhere in Keras, whose padding is TensorFlow's: other scores would come of
  /// the same weights.
  ///
  /// - Parameter layers: one that every such file has, by its names in different versions.
  static func paddedElsewhere(_ layers: String...) -> KerasNames {
    KerasNames(
      difference: "Keras's model has its zeros around strided windows elsewhere, so that its weights would give other "
        + "scores here: take torchvision's or timm's",
      Dictionary(uniqueKeysWithValues: layers.map { ($0, "") }))
  }
}

extension KerasNames {
  /// `block1_conv1` … `block5_conv3`, `fc1`, `fc2`, `predictions`.
  static func vgg(depths: [Int]) -> KerasNames {
    var (paths, place) = (["fc1": "classifier.0", "fc2": "classifier.3", "predictions": "classifier.6"], 0)
    for (stage, depth) in depths.enumerated() {
      for index in 0..<depth {
        paths["block\(stage + 1)_conv\(index + 1)"] = "features.\(place)"
        place += 2  // with its rectifier
      }
      place += 1  // the pooling
    }
    return KerasNames(paths)
  }

  /// `conv1`, `conv1_bn`, `conv_dw_1`, `conv_dw_1_bn`, `conv_pw_1`, …, `conv_preds`.
  static func mobileNetV1(stages: [Int], padding: String) -> KerasNames {
    var (paths, number) = (["conv1": "conv_stem", "conv1_bn": "bn1", "conv_preds": "classifier"], 0)
    for (stage, count) in stages.enumerated() {
      for index in 0..<count {
        number += 1
        let block = "blocks.\(stage).\(index)"
        paths["conv_dw_\(number)"] = "\(block).conv_dw"
        paths["conv_dw_\(number)_bn"] = "\(block).bn1"
        paths["conv_pw_\(number)"] = "\(block).conv_pw"
        paths["conv_pw_\(number)_bn"] = "\(block).bn2"
      }
    }
    let difference = "Keras's model pads as TensorFlow does: convert it with the model's option padding=same"
    return KerasNames(difference: padding == "same" ? nil : difference, paths)
  }

  /// `conv1_conv`, `conv2_block1_0_bn`, `conv2_block1_1_conv`, …, `pool2_bn`, …, `predictions`; in files of Keras 2.1
  /// `conv1/conv`, `fc1000`.
  static func denseNet(blocks: [Int]) -> KerasNames {
    var paths = [
      "conv1_conv": "features.conv0", "conv1_bn": "features.norm0", "conv1/conv": "features.conv0",
      "conv1/bn": "features.norm0", "bn": "features.norm5", "predictions": "classifier", "fc1000": "classifier",
    ]
    for (block, count) in blocks.enumerated() {
      for layer in 1...max(count, 1) {
        let (theirs, ours) = (
          "conv\(block + 2)_block\(layer)", "features.denseblock\(block + 1).denselayer\(layer)"
        )
        paths["\(theirs)_0_bn"] = "\(ours).norm1"
        paths["\(theirs)_1_conv"] = "\(ours).conv1"
        paths["\(theirs)_1_bn"] = "\(ours).norm2"
        paths["\(theirs)_2_conv"] = "\(ours).conv2"
      }
      paths["pool\(block + 2)_bn"] = "features.transition\(block + 1).norm"
      paths["pool\(block + 2)_conv"] = "features.transition\(block + 1).conv"
    }
    return KerasNames(epsilon: 1.001e-5, paths)
  }

  /// `conv1_conv`, `conv2_block1_0_conv` (the projection), `conv2_block1_1_conv`, …, `predictions`.
  ///
  /// - Parameter strided: which convolution of a unit has the stride; Keras's first has it.
  static func resNet(depths: [Int], name: String, strided: Int) -> KerasNames {
    var paths = ["conv1_conv": "conv1", "conv1_bn": "bn1", "predictions": "fc", "probs": "fc"]
    for (stage, depth) in depths.enumerated() {
      for index in 0..<depth {
        let (theirs, ours) = ("conv\(stage + 2)_block\(index + 1)", "layer\(stage + 1).\(index)")
        paths["\(theirs)_0_conv"] = "\(ours).downsample.0"
        paths["\(theirs)_0_bn"] = "\(ours).downsample.1"
        for number in 1...3 {
          paths["\(theirs)_\(number)_conv"] = "\(ours).conv\(number)"
          paths["\(theirs)_\(number)_bn"] = "\(ours).bn\(number)"
        }
      }
    }
    let difference = "Keras's model has its strides elsewhere: convert it with --model \(name):strided=1"
    return KerasNames(epsilon: 1.001e-5, difference: strided == 1 ? nil : difference, paths)
  }
}
