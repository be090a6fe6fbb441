public import FoveaLayers

/// Inception-ResNet v2: Szegedy et al. 2017, "Inception-v4, Inception-ResNet and the Impact of Residual Connections on
/// Learning", §3.2. Input 299×299×3.
///
/// Inception modules whose result, scaled down, is added to their input (figure 20). Differs from the paper as its authors'
/// own code does: the stem is Inception v3's with one module more, 10, 20 and 10 residual modules follow, the last one
/// without a rectifier. Layers are called as in timm's `inception_resnet_v2`, whose weights take pictures as
/// (x − 0.5) / 0.5.
public struct InceptionResNetV2: Model {
  public var classes: Int

  public init(classes: Int = 1000) { self.classes = classes }

  public var body: Sequential {
    BasicConv(32, kernel: 3, strides: 2).named("conv2d_1a")
    BasicConv(32, kernel: 3).named("conv2d_2a")
    convolution(64, 3).named("conv2d_2b")
    MaxPool2D(3, strides: 2)
    convolution(80, 1).named("conv2d_3b")
    BasicConv(192, kernel: 3).named("conv2d_4a")
    MaxPool2D(3, strides: 2)  // 35×35×192
    first.named("mixed_5b")
    Sequential { for index in 0..<10 { squares.named("\(index)") } }.named("repeat")  // 35×35×320
    firstReduction.named("mixed_6a")
    Sequential { for index in 0..<20 { crosses.named("\(index)") } }.named("repeat_1")  // 17×17×1088
    secondReduction.named("mixed_7a")
    Sequential { for index in 0..<9 { fans(scale: 0.2, activation: .relu).named("\(index)") } }.named("repeat_2")
    fans(scale: 1, activation: nil).named("block8")  // 8×8×2080
    convolution(1536, 1).named("conv2d_7b")
    GlobalAveragePool2D()
    Dropout(0.2)
    Dense(classes, initializer: .torch).named("classif")
  }

  private var first: Concatenate {
    Concatenate {
      convolution(96, 1).named("branch0")
      chain([convolution(48, 1), convolution(64, 5)]).named("branch1")
      chain([convolution(64, 1), convolution(96, 3), convolution(96, 3)]).named("branch2")
      Sequential {
        AveragePool2D(3, strides: 1, padding: .explicit(1))
        convolution(64, 1).named("1")
      }.named("branch3")
    }
  }

  /// Inception-ResNet-A (figure 16).
  private var squares: Residual {
    residual(320, scale: 0.17, activation: .relu) {
      convolution(32, 1).named("branch0")
      chain([convolution(32, 1), convolution(32, 3)]).named("branch1")
      chain([convolution(32, 1), convolution(48, 3), convolution(64, 3)]).named("branch2")
    }
  }

  private var firstReduction: Concatenate {
    Concatenate {
      BasicConv(384, kernel: 3, strides: 2).named("branch0")
      chain([convolution(256, 1), convolution(256, 3), BasicConv(384, kernel: 3, strides: 2)]).named("branch1")
      MaxPool2D(3, strides: 2)
    }
  }

  /// Inception-ResNet-B (figure 17).
  private var crosses: Residual {
    residual(1088, scale: 0.1, activation: .relu) {
      convolution(192, 1).named("branch0")
      chain([convolution(128, 1), convolution(160, Size2D(1, 7)), convolution(192, Size2D(7, 1))]).named("branch1")
    }
  }

  private var secondReduction: Concatenate {
    Concatenate {
      chain([convolution(256, 1), BasicConv(384, kernel: 3, strides: 2)]).named("branch0")
      chain([convolution(256, 1), BasicConv(288, kernel: 3, strides: 2)]).named("branch1")
      chain([convolution(256, 1), convolution(288, 3), BasicConv(320, kernel: 3, strides: 2)]).named("branch2")
      MaxPool2D(3, strides: 2)
    }
  }

  /// Inception-ResNet-C (figure 19).
  private func fans(scale: Float, activation: Activation?) -> Residual {
    residual(2080, scale: scale, activation: activation) {
      convolution(192, 1).named("branch0")
      chain([convolution(192, 1), convolution(224, Size2D(1, 3)), convolution(256, Size2D(3, 1))]).named("branch1")
    }
  }

  /// The branches side by side, brought to the input's channels, a part of which is added to the input.
  private func residual(
    _ channels: Int, scale: Float, activation: Activation?, @LayerBuilder branches: () -> Sequential
  ) -> Residual {
    Residual(activation: activation) {
      Concatenate(branches)
      Conv2D(filters: channels, kernel: 1, initializer: .torch).named("conv2d")
      Part(scale: scale)
    }
  }

  private func chain(_ convolutions: [BasicConv]) -> Sequential {
    Sequential(convolutions.enumerated().map { $1.called("\($0)") })
  }

  /// One that keeps height and width.
  private func convolution(_ filters: Int, _ kernel: Size2D) -> BasicConv {
    BasicConv(
      filters, kernel: kernel, padding: .explicit(vertical: kernel.height / 2, horizontal: kernel.width / 2))
  }
}

/// A part of its input.
private struct Part: Combinator {
  var scale: Float
  func forward(_ x: Value) -> Value { scale * x }
}

extension InceptionResNetV2 {
  static let entries = [
    CatalogueEntry(
      "inception-resnet-v2", 2017, "Szegedy et al., Inception-v4, Inception-ResNet", input: [299, 299, 3],
      classes: 1000, preprocessing: "imagenet,short=333,mean=0.5,deviation=0.5",
      keras: { .inceptionResNetV2 }
    ) { InceptionResNetV2(classes: $0.classes) }
  ]
}
