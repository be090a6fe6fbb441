public import FoveaLayers

/// Deconvolution network: Noh, Hong & Han 2015, "Learning Deconvolution Network for Semantic Segmentation", figure 2 and
/// table 2. Input 224×224×3, scores for every pixel.
///
/// VGG-16 with batch normalisation, its dense layers as convolutions, and its mirror image: transposed convolutions, and
/// unpoolings that put values back to where the poolings found their largest. Layers are called as in the authors' Caffe
/// model. An image of another size, no side below 224, gives scores for each of its pixels too.
public struct DeconvNet: Layer {
  public var classes: Int

  public init(classes: Int = 21) { self.classes = classes }

  /// The filters of the convolutions of each stage on the way down.
  private static let down = [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]]
  /// And, in the same order, on the way up: the last one of a stage has as many as the next stage begins with.
  private static let up = [[64, 64], [128, 64], [256, 256, 128], [512, 512, 256], [512, 512, 512]]

  public func forward(_ x: Value) -> Value {
    guard x.rank == 4 else {
      return x.failing("DeconvNet takes images H×W×C, got \(x.shape.ofExample)", fix: "give it images", assuming: nil)
    }
    var (y, switches) = (x, [PoolSwitches]())
    for (stage, filters) in Self.down.enumerated() {
      for (index, count) in filters.enumerated() {
        let place = "\(stage + 1)_\(index + 1)"
        y = convolution(count, kernel: 3, "conv" + place, norm: "bn" + place).forward(y)
      }
      guard y.isValid else { return y }
      let (pooled, places) = MaxPool2D(2).withSwitches(y)
      y = pooled
      switches.append(places)
    }
    y = convolution(4096, kernel: 7, "fc6", norm: "bnfc6").forward(y)
    y = convolution(4096, kernel: 1, "fc7", norm: "bnfc7").forward(y)
    y = transposed(512, kernel: 7, "fc6-deconv", norm: "fc6-deconv-bn").forward(y)
    for (stage, filters) in Self.up.enumerated().reversed() {
      y = MaxUnpool2D()(y, switches[stage])
      for (index, count) in filters.enumerated() {
        let place = "\(stage + 1)_\(index + 1)"
        y = transposed(count, kernel: 3, "deconv" + place, norm: "debn" + place).forward(y)
      }
    }
    return Conv2D(filters: classes, kernel: 1, initializer: .heNormal).named("seg-score")(y)
  }

  /// One that keeps height and width if it is of 3×3 or 1×1.
  private func convolution(_ filters: Int, kernel: Size2D, _ name: String, norm: String) -> Sequential {
    let padding = Padding.explicit(kernel == 3 ? 1 : 0)
    return normalized(
      Conv2D(filters: filters, kernel: kernel, padding: padding, initializer: .heNormal).named(name), norm: norm)
  }

  private func transposed(_ filters: Int, kernel: Size2D, _ name: String, norm: String) -> Sequential {
    let padding = Padding.explicit(kernel == 3 ? 1 : 0)
    return normalized(
      TransposedConv2D(filters: filters, kernel: kernel, padding: padding, initializer: .heNormal).named(name),
      norm: norm)
  }

  private func normalized(_ layer: some Layer, norm: String) -> Sequential {
    Sequential {
      layer
      BatchNorm().named(norm)
      ReLU()
    }
  }
}

extension DeconvNet {
  static let entries = [
    CatalogueEntry(
      "deconvnet", 2015, "Noh, Hong & Han, Learning Deconvolution Network for Semantic Segmentation",
      input: [224, 224, 3], classes: 21
    ) { DeconvNet(classes: $0.classes) }
  ]
}
