public import FoveaLayers

/// Network in network for ImageNet, as the authors' Caffe model: Lin, Chen & Yan 2014, "Network In Network", fig. 2.
/// Input 224×224×3.
///
/// After each convolution two of 1×1: a small network at every position. The last one's maps are the scores, averaged;
/// there is no dense layer. Layers are called as in the authors' file.
public struct NetworkInNetwork: Model {
  public var classes: Int

  public init(classes: Int = 1000) { self.classes = classes }

  public var body: Sequential {
    convolution(96, kernel: 11, strides: 4).named("conv1")  // 54×54×96
    convolution(96).named("cccp1")
    convolution(96).named("cccp2")
    MaxPool2D(3, strides: 2, roundsUp: true).named("pool1")
    convolution(256, kernel: 5, padding: 2).named("conv2")  // 27×27×256
    convolution(256).named("cccp3")
    convolution(256).named("cccp4")
    MaxPool2D(3, strides: 2, roundsUp: true).named("pool2")
    convolution(384, kernel: 3, padding: 1).named("conv3")  // 13×13×384
    convolution(384).named("cccp5")
    convolution(384).named("cccp6")
    MaxPool2D(3, strides: 2, roundsUp: true).named("pool3")
    Dropout(0.5).named("drop")
    convolution(1024, kernel: 3, padding: 1).named("conv4-1024")  // 6×6×1024
    convolution(1024).named("cccp7-1024")
    convolution(classes).named("cccp8-1024")
    GlobalAveragePool2D().named("pool4")
  }
}

/// Network in network for CIFAR, as the authors' Caffe model: Lin, Chen & Yan 2014, §4.2. Input 32×32×3.
public struct NetworkInNetworkCIFAR: Model {
  public var classes: Int

  public init(classes: Int = 10) { self.classes = classes }

  public var body: Sequential {
    convolution(192, kernel: 5, padding: 2).named("conv1")
    convolution(160).named("cccp1")
    convolution(96).named("cccp2")
    MaxPool2D(3, strides: 2, roundsUp: true).named("pool1")  // 16×16×96
    Dropout(0.5).named("drop3")
    convolution(192, kernel: 5, padding: 2).named("conv2")
    convolution(192).named("cccp3")
    convolution(192).named("cccp4")
    AveragePool2D(3, strides: 2, roundsUp: true).named("pool2")  // 8×8×192
    Dropout(0.5).named("drop6")
    convolution(192, kernel: 3, padding: 1).named("conv3")
    convolution(192).named("cccp5")
    convolution(classes).named("cccp6")
    GlobalAveragePool2D().named("pool3")
  }
}

private func convolution(_ filters: Int, kernel: Size2D = 1, strides: Size2D = 1, padding: Int = 0) -> Conv2D {
  Conv2D(
    filters: filters, kernel: kernel, strides: strides, padding: .explicit(padding), activation: .relu,
    initializer: .heNormal)
}

extension NetworkInNetwork {
  static let entries = [
    CatalogueEntry("nin", 2014, "Lin, Chen & Yan, Network In Network", input: [224, 224, 3], classes: 1000) {
      NetworkInNetwork(classes: $0.classes)
    },
    CatalogueEntry("nin-cifar", 2014, "Lin, Chen & Yan, Network In Network", input: [32, 32, 3]) {
      NetworkInNetworkCIFAR(classes: $0.classes)
    },
  ]
}
