public import FoveaLayers

/// GoogLeNet: Szegedy et al. 2015, "Going Deeper with Convolutions", table 1. Input 224×224×3.
///
/// Nine modules of 1×1, 3×3 and 5×5 convolutions and pooling side by side. The paper's own is that of 2014, with biases
/// and local response normalisation, whose constants, which the paper does not say, are those of its authors' Caffe
/// model. torchvision's has batch normalisation in place of both, 3×3 convolutions where the paper has 5×5, and a pooling
/// of 2×2 before the last two modules. Layers of both are called as in torchvision, whose published weights take pictures
/// as (x − 0.5) / 0.5.
public struct GoogLeNet: Model {
  public enum Version: Hashable, Sendable {
    /// The paper's.
    case original
    /// torchvision's.
    case normalized
  }

  public var version: Version
  /// Whether it has the two auxiliary heads, which are for training alone.
  public var hasHeads: Bool
  public var classes: Int

  public init(_ version: Version = .normalized, hasHeads: Bool = false, classes: Int = 1000) {
    (self.version, self.hasHeads, self.classes) = (version, hasHeads, classes)
  }

  /// Of each module: its name, 1×1; 1×1 before the 3×3, and the 3×3; 1×1 before the 5×5, and the 5×5; 1×1 after the
  /// pooling.
  private static let modules = [
    ("3a", [64, 96, 128, 16, 32, 32]), ("3b", [128, 128, 192, 32, 96, 64]), ("4a", [192, 96, 208, 16, 48, 64]),
    ("4b", [160, 112, 224, 24, 64, 64]), ("4c", [128, 128, 256, 24, 64, 64]), ("4d", [112, 144, 288, 32, 64, 64]),
    ("4e", [256, 160, 320, 32, 128, 128]), ("5a", [256, 160, 320, 32, 128, 128]),
    ("5b", [384, 192, 384, 48, 128, 128]),
  ]

  public var body: Sequential {
    convolution(64, 7, strides: 2).called("conv1")
    MaxPool2D(3, strides: 2, roundsUp: true)
    if version == .original { normalization }
    convolution(64, 1).called("conv2")
    convolution(192, 3).called("conv3")
    if version == .original { normalization }
    MaxPool2D(3, strides: 2, roundsUp: true)
    for (name, counts) in Self.modules {
      if name == "4a" { MaxPool2D(3, strides: 2, roundsUp: true) }
      if name == "5a" { MaxPool2D(version == .original ? 3 : 2, strides: 2, roundsUp: true) }
      module(counts).named("inception" + name)
      if hasHeads, name == "4a" { head.named("aux1") }
      if hasHeads, name == "4d" { head.named("aux2") }
    }
    GlobalAveragePool2D()
    Dropout(version == .original ? 0.4 : 0.2)
    Dense(classes, initializer: initializer).named("fc")
  }

  /// Four branches side by side.
  private func module(_ counts: [Int]) -> Concatenate {
    Concatenate {
      convolution(counts[0], 1).called("branch1")
      Sequential {
        convolution(counts[1], 1).called("0")
        convolution(counts[2], 3).called("1")
      }.named("branch2")
      Sequential {
        convolution(counts[3], 1).called("0")
        convolution(counts[4], version == .original ? 5 : 3).called("1")
      }.named("branch3")
      Sequential {
        MaxPool2D(3, strides: 1, padding: .explicit(1), roundsUp: true)
        convolution(counts[5], 1).called("1")
      }.named("branch4")
    }
  }

  /// Scores from the middle of the model, whose loss counts 0.3 in training (§5).
  private var head: AuxiliaryHead {
    AuxiliaryHead(weight: 0.3) {
      if version == .original { AveragePool2D(5, strides: 3) } else { AdaptiveAveragePool2D(4) }
      convolution(128, 1).called("conv")
      Flatten()
      Dense(1024, activation: .relu, initializer: initializer, biasInitializer: bias).named("fc1")
      Dropout(0.7)
      Dense(classes, initializer: initializer).named("fc2")
    }
  }

  private var normalization: LocalResponseNorm { LocalResponseNorm(k: 1, alphaConvention: .mean) }

  private var initializer: Initializer { version == .original ? .glorotUniform : .truncatedNormal(deviation: 0.01) }

  /// Of what a rectifier follows.
  private var bias: Initializer { version == .original ? .constant(0.2) : .zeros }

  /// A convolution and a rectifier, in the paper's model with a bias, in torchvision's with batch normalisation.
  private func convolution(_ filters: Int, _ kernel: Int, strides: Size2D = 1) -> any Layer {
    let size = Size2D(kernel)
    if version == .normalized {
      return BasicConv(filters, kernel: size, strides: strides, padding: .explicit(kernel / 2))
    }
    return Sequential {
      Conv2D(
        filters: filters, kernel: size, strides: strides, padding: .explicit(kernel / 2), activation: .relu,
        initializer: initializer, biasInitializer: bias
      ).named("conv")
    }
  }

  /// `conv1/7x7_s2.weight`, `inception_3a/5x5_reduce.bias`, `loss3/classifier.weight`: the names of Caffe's file.
  static func fromCaffe(_ name: String) -> String {
    guard let slash = name.firstIndex(of: "/"), let dot = name.lastIndex(of: "."), slash < dot else { return name }
    let (block, layer, leaf) = (String(name[..<slash]), String(name[name.index(after: slash)..<dot]), name[dot...])
    let whole = [
      "conv1/7x7_s2": "conv1.conv", "conv2/3x3_reduce": "conv2.conv", "conv2/3x3": "conv3.conv",
      "loss3/classifier": "fc",
    ]
    if let known = whole[block + "/" + layer] { return known + leaf }
    let heads = ["loss1": "aux1", "loss2": "aux2"]
    if let head = heads[block], let part = ["conv": "conv.conv", "fc": "fc1", "classifier": "fc2"][layer] {
      return "\(head).\(part)\(leaf)"
    }
    let branches = [
      "1x1": "branch1", "3x3_reduce": "branch2.0", "3x3": "branch2.1", "5x5_reduce": "branch3.0", "5x5": "branch3.1",
      "pool_proj": "branch4.1",
    ]
    guard block.hasPrefix("inception_"), let branch = branches[layer] else { return name }
    return "inception\(block.dropFirst(10)).\(branch).conv\(leaf)"
  }
}

/// A convolution without bias (`conv`), batch normalisation (`bn`) and a rectifier: torchvision's `BasicConv2d`.
struct BasicConv: Model {
  var filters: Int
  var kernel: Size2D
  var strides: Size2D
  var padding: Padding

  init(_ filters: Int, kernel: Size2D, strides: Size2D = 1, padding: Padding = .valid) {
    (self.filters, self.kernel, self.strides, self.padding) = (filters, kernel, strides, padding)
  }

  var body: Sequential {
    Conv2D(
      filters: filters, kernel: kernel, strides: strides, padding: padding, bias: false,
      initializer: .truncatedNormal(deviation: 0.1)
    ).named("conv")
    BatchNorm(epsilon: 1e-3).named("bn")
    ReLU()
  }
}

extension ModelOption {
  /// Chooses a model with its auxiliary heads.
  static let heads = ModelOption("aux", "1 for auxiliary heads, whose losses count in training", .integer(0, 0...1))
}

extension GoogLeNet {
  static let entries = [
    ("googlenet", Version.normalized), ("googlenet-2014", .original),
  ].map { name, version in
    CatalogueEntry(
      name, 2015, "Szegedy et al., Going Deeper with Convolutions", input: [224, 224, 3], classes: 1000,
      options: [.heads], otherNames: version == .original ? [{ GoogLeNet.fromCaffe($0) }] : [],
      leftOut: ["aux1.", "aux2."],
      // torchvision's own reads ImageNet's moments and turns the numbers to -1...1 (transform_input).
      preprocessing: version == .original ? "imagenet" : "imagenet,mean=0.5,deviation=0.5"
    ) { GoogLeNet(version, hasHeads: $0.integer("aux") == 1, classes: $0.classes) }
  }
}
