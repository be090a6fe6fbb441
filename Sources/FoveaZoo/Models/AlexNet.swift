public import FoveaLayers

/// AlexNet as in torchvision: Krizhevsky 2014, "One Weird Trick for Parallelizing Convolutional Neural Networks", fig. 1.
/// Input 224×224×3.
///
/// Differs from the paper of 2012: 64 and 192 filters in the first two convolutions, no groups, no local response
/// normalisation.
public struct AlexNet: Model {
  public var classes: Int

  public init(classes: Int = 1000) { self.classes = classes }

  public var body: Sequential {
    numbered {
      convolution(64, kernel: 11, strides: 4, padding: 2)
      ReLU()
      MaxPool2D(3, strides: 2)
      convolution(192, kernel: 5, padding: 2)
      ReLU()
      MaxPool2D(3, strides: 2)
      for filters in [384, 256, 256] {
        convolution(filters, kernel: 3, padding: 1)
        ReLU()
      }
      MaxPool2D(3, strides: 2)
    }.named("features")
    AdaptiveAveragePool2D(6).named("avgpool")
    Flatten()
    numbered {
      for _ in 0..<2 {
        Dropout(0.5)
        Dense(4096, initializer: .torch)
        ReLU()
      }
      Dense(classes, initializer: .torch)
    }.named("classifier")
  }

  private func convolution(_ filters: Int, kernel: Size2D, strides: Size2D = 1, padding: Int) -> Conv2D {
    Conv2D(
      filters: filters, kernel: kernel, strides: strides, padding: .explicit(padding), initializer: .torch)
  }
}

/// AlexNet: Krizhevsky, Sutskever & Hinton 2012, "ImageNet Classification with Deep Convolutional Neural Networks",
/// fig. 2. Input 227×227×3: the paper says 224, which does not give its own 55×55.
///
/// On two GPUs the second, fourth and fifth convolution see the half of the channels that their GPU has: two groups.
/// Layers are called as in Caffe's `bvlc_alexnet`, which adds 1, not 2, in its local response normalisation.
public struct AlexNet2012: Model {
  /// Over how many GPUs the channels are divided.
  public var groups: Int
  public var classes: Int

  public init(groups: Int = 2, classes: Int = 1000) { (self.groups, self.classes) = (groups, classes) }

  public var body: Sequential {
    convolution(96, kernel: 11, strides: 4, groups: 1, bias: 0).named("conv1")  // 55×55×96
    LocalResponseNorm().named("norm1")
    MaxPool2D(3, strides: 2).named("pool1")
    convolution(256, kernel: 5, groups: groups, bias: 1).named("conv2")  // 27×27×256
    LocalResponseNorm().named("norm2")
    MaxPool2D(3, strides: 2).named("pool2")
    convolution(384, kernel: 3, groups: 1, bias: 0).named("conv3")  // 13×13×384
    convolution(384, kernel: 3, groups: groups, bias: 1).named("conv4")
    convolution(256, kernel: 3, groups: groups, bias: 1).named("conv5")
    MaxPool2D(3, strides: 2).named("pool5")  // 6×6×256
    DenseHead(classes: classes)
  }

  private func convolution(
    _ filters: Int, kernel: Size2D, strides: Size2D = 1, groups: Int, bias: Float
  ) -> Conv2D {
    Conv2D(
      filters: filters, kernel: kernel, strides: strides, groups: groups, padding: strides == 1 ? .same : .valid,
      activation: .relu, initializer: .normal(deviation: 0.01), biasInitializer: .constant(bias))
  }
}

/// ZF-Net: Zeiler & Fergus 2014, "Visualizing and Understanding Convolutional Networks", fig. 3. Input 224×224×3.
///
/// AlexNet without groups, with a first convolution of 7×7 at stride 2, whose filters are finer and miss less. The paper
/// does not say the constants of its normalisation across maps: they are AlexNet's. Layers are called as AlexNet's.
public struct ZFNet: Model {
  public var classes: Int

  public init(classes: Int = 1000) { self.classes = classes }

  public var body: Sequential {
    convolution(96, kernel: 7, strides: 2, padding: .explicit(1)).named("conv1")  // 110×110×96
    MaxPool2D(3, strides: 2, roundsUp: true).named("pool1")
    LocalResponseNorm().named("norm1")
    convolution(256, kernel: 5, strides: 2, padding: .valid).named("conv2")  // 26×26×256
    MaxPool2D(3, strides: 2, roundsUp: true).named("pool2")
    LocalResponseNorm().named("norm2")
    convolution(384, kernel: 3, padding: .explicit(1)).named("conv3")  // 13×13×384
    convolution(384, kernel: 3, padding: .explicit(1)).named("conv4")
    convolution(256, kernel: 3, padding: .explicit(1)).named("conv5")
    MaxPool2D(3, strides: 2, roundsUp: true).named("pool5")  // 6×6×256
    DenseHead(classes: classes)
  }

  private func convolution(_ filters: Int, kernel: Size2D, strides: Size2D = 1, padding: Padding) -> Conv2D {
    Conv2D(
      filters: filters, kernel: kernel, strides: strides, padding: padding, activation: .relu,
      initializer: .normal(deviation: 0.01))
  }
}

/// Two dense layers of 4096, whose results are dropped half of the time, and the scores.
private struct DenseHead: Combinator {
  var classes: Int

  func forward(_ x: Value) -> Value {
    Sequential {
      Flatten()
      for number in 6...7 {
        Dense(4096, activation: .relu, initializer: .normal(deviation: 0.01), biasInitializer: .constant(1))
          .named("fc\(number)")
        Dropout(0.5).named("drop\(number)")
      }
      Dense(classes, initializer: .normal(deviation: 0.01)).named("fc8")
    }.forward(x)
  }
}

extension Initializer {
  /// Uniform, limit √(1 / fan-in): PyTorch's own.
  static let torch = Initializer.varianceScaling(scale: 1.0 / 3, .in, .uniform)
}

extension AlexNet {
  static let entries = [
    CatalogueEntry(
      "alexnet", 2014, "Krizhevsky, One Weird Trick for Parallelizing Convolutional Neural Networks",
      input: [224, 224, 3], classes: 1000
    ) { AlexNet(classes: $0.classes) }
  ]
}

extension AlexNet2012 {
  static let entries = [("alexnet-2012", ["t13"], 2), ("alexnet-ungrouped", ["t10", "t11"], 1)].map {
    name, aliases, groups in
    CatalogueEntry(
      name, aliases: aliases, 2012,
      "Krizhevsky, Sutskever & Hinton, ImageNet Classification with Deep Convolutional Neural Networks",
      input: [227, 227, 3], classes: 1000
    ) { AlexNet2012(groups: groups, classes: $0.classes) }
  }
}

extension ZFNet {
  static let entries = [
    CatalogueEntry(
      "zfnet", 2014, "Zeiler & Fergus, Visualizing and Understanding Convolutional Networks", input: [224, 224, 3],
      classes: 1000
    ) { ZFNet(classes: $0.classes) }
  ]
}
