public import FoveaLayers

/// ShuffleNet v2: Ma et al. 2018, "ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design", table 5.
/// Input 224×224×3.
///
/// Layers are called as in torchvision. `width` is one of the paper's: 0.5, 1, 1.5 or 2; others take the widths of the
/// next one below.
public struct ShuffleNetV2: Model {
  public var width: Double
  public var classes: Int

  public init(width: Double = 1, classes: Int = 1000) { (self.width, self.classes) = (width, classes) }

  /// Of each stage, and of the last convolution.
  private var channels: [Int] {
    switch width {
    case ..<1: [48, 96, 192, 1024]
    case ..<1.5: [116, 232, 464, 1024]
    case ..<2: [176, 352, 704, 1024]
    default: [244, 488, 976, 2048]
    }
  }

  public var body: Sequential {
    ConvNorm(24, kernel: 3, strides: 2, activation: .relu).named("conv1")
    MaxPool2D(3, strides: 2, padding: .explicit(1))
    for (stage, repeats) in [4, 8, 4].enumerated() {
      Sequential {
        for index in 0..<repeats {
          ShuffleUnit(filters: channels[stage], halves: index == 0).named("\(index)")
        }
      }.named("stage\(stage + 2)")
    }
    ConvNorm(channels[3], kernel: 1, activation: .relu).named("conv5")
    GlobalAveragePool2D()
    Dense(classes).named("fc")
  }
}

/// Two branches side by side, whose channels are then mixed: those of one half between those of the other.
private struct ShuffleUnit: Layer {
  var filters: Int
  /// Whether it halves height and width; then both branches compute, otherwise one half of the channels goes past.
  var halves: Bool

  func forward(_ x: Value) -> Value {
    guard x.rank == 4, halves || x.channels == filters, filters % 2 == 0 else {
      return x.failing(
        "a shuffle unit of \(filters) filters on \(x.shape.ofExample)", fix: "give it an image of \(filters) channels",
        assuming: x.rank == 4 ? [x.shape[0], x.shape[1], x.shape[2], filters] : nil)
    }
    let (first, second) = halves ? (x, x) : (x.channels(from: 0), x.channels(from: filters / 2))
    let left =
      halves
      ? Sequential {
        depthwise(x.channels).named("0")
        BatchNorm().named("1")
        pointwise.named("2")
        BatchNorm().named("3")
        ReLU()
      }.named("branch1")(first) : first
    let right = Sequential {
      pointwise.named("0")
      BatchNorm().named("1")
      ReLU()
      depthwise(filters / 2).named("3")
      BatchNorm().named("4")
      pointwise.named("5")
      BatchNorm().named("6")
      ReLU()
    }.named("branch2")(second)
    guard left.isValid, right.isValid else { return left.isValid ? right : left }
    let joined = concatenate([left, right])
    let (n, h, w) = (joined.shape[0], joined.shape[1], joined.shape[2])
    return joined.reshaped(to: [n, h, w, 2, filters / 2]).applying(Op.Transpose([0, 1, 2, 4, 3]))
      .reshaped(to: [n, h, w, filters])
  }

  private var pointwise: Conv2D { Conv2D(filters: filters / 2, kernel: 1, bias: false, initializer: .heNormal) }

  private func depthwise(_ channels: Int) -> Conv2D {
    Conv2D(
      filters: channels, kernel: 3, strides: halves ? 2 : 1, groups: channels, padding: .explicit(1), bias: false,
      initializer: .heNormal)
  }
}

extension Value {
  /// Half of the channels.
  fileprivate func channels(from first: Int) -> Value {
    applying(Op.Slice(from: [0, 0, 0, first], size: [shape[0], shape[1], shape[2], channels / 2]))
  }
}

extension ShuffleNetV2 {
  static let entries = [
    CatalogueEntry(
      "shufflenet-v2", 2018, "Ma et al., ShuffleNet V2", input: [224, 224, 3], classes: 1000,
      options: [ModelOption("width", "0.5, 1, 1.5 or 2", .number(1, 0.5...2))]
    ) { ShuffleNetV2(width: $0.number("width"), classes: $0.classes) }
  ]
}
