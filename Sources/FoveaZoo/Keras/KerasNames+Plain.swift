// Networks whose layers all have names by stage and number: VGG, MobileNet v1, DenseNet, ResNet.
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
    return KerasNames(.caffe, paths)
  }

  /// `conv1`, `conv1_bn`, `conv_dw_1`, `conv_dw_1_bn`, `conv_pw_1`, …, `conv_preds`.
  static func mobileNetV1(stages: [Int]) -> KerasNames {
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
    return KerasNames(.tensorFlow, options: ["padding": ["even", "same"]], paths)
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
    return KerasNames(.torch, epsilon: 1.001e-5, paths)
  }

  /// `conv1_conv`, `conv2_block1_0_conv` (the projection), `conv2_block1_1_conv`, …, `predictions`.
  static func resNet(depths: [Int]) -> KerasNames {
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
    return KerasNames(.caffe, epsilon: 1.001e-5, options: ["strided": ["1"]], paths)
  }

  /// `conv1_conv`, `conv2_block1_preact_bn`, `conv2_block1_0_conv` (the projection), `conv2_block1_1_conv`,
  /// `conv2_block1_1_bn`, …, `post_bn`, `predictions`.
  static func resNetV2(depths: [Int]) -> KerasNames {
    var paths = ["conv1_conv": "stem.conv", "post_bn": "norm", "predictions": "head.fc", "probs": "head.fc"]
    for (stage, depth) in depths.enumerated() {
      for index in 0..<depth {
        let (theirs, ours) = ("conv\(stage + 2)_block\(index + 1)", "stages.\(stage).blocks.\(index)")
        paths["\(theirs)_preact_bn"] = "\(ours).norm1"
        paths["\(theirs)_0_conv"] = "\(ours).downsample.conv"
        for number in 1...3 { paths["\(theirs)_\(number)_conv"] = "\(ours).conv\(number)" }
        for number in 1...2 { paths["\(theirs)_\(number)_bn"] = "\(ours).norm\(number + 1)" }
      }
    }
    return KerasNames(.tensorFlow, epsilon: 1.001e-5, options: ["strided": ["last"]], paths)
  }
}
