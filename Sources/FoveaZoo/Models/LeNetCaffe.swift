public import FoveaLayers

/// LeNet as in Caffe's tutorial for MNIST: `examples/mnist/lenet.prototxt` of github.com/BVLC/caffe. Input 28×28×1.
///
/// Differs from LeNet-5: more filters, max pooling, no function after the convolutions, a rectifier after the first of two
/// dense layers. Layers are called as there.
public struct LeNetCaffe: Model {
  public var classes: Int

  public init(classes: Int = 10) { self.classes = classes }

  public var body: Sequential {
    Conv2D(filters: 20, kernel: 5).named("conv1")  // 24×24×20
    MaxPool2D(2).named("pool1")
    Conv2D(filters: 50, kernel: 5).named("conv2")  // 8×8×50
    MaxPool2D(2).named("pool2")
    Flatten()
    Dense(500, activation: .relu).named("ip1")
    Dense(classes).named("ip2")
  }
}

extension LeNetCaffe {
  static let entries = [
    CatalogueEntry("lenet-caffe", 2014, "Jia et al., Caffe, examples/mnist", input: [28, 28, 1]) {
      LeNetCaffe(classes: $0.classes)
    }
  ]
}
