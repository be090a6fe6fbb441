import FoveaLayers

/// ResNet and ResNeXt for ImageNet, as their tables of layers are in the lectures. Input 224×224×3.
///
/// - Source: He et al. 2015, "Deep Residual Learning for Image Recognition", table 1; Xie et al. 2017, "Aggregated
///   Residual Transformations for Deep Neural Networks", table 1.
struct ResNet: Model {
  /// The residual units of each stage.
  var depths: [Int]
  /// Whether a unit is 1×1, 3×3, 1×1 rather than 3×3, 3×3.
  var hasBottlenecks = true
  /// How many paths a bottleneck's middle has, and the channels of a path in the first stage.
  var cardinality = 1
  var pathWidth = 64

  var body: Sequential {
    ConvNorm(64, 7, strides: 2, padding: .explicit(3))
    MaxPool2D(3, strides: 2, padding: .explicit(1))
    for (stage, depth) in depths.enumerated() {
      for unit in 0..<depth {
        self.unit(width: 64 << stage, strides: unit == 0 && stage > 0 ? 2 : 1, isFirst: unit == 0)
      }
    }
    GlobalAveragePool2D()
    Dense(1000)
  }

  private func unit(width: Int, strides: Size2D, isFirst: Bool) -> Residual {
    let middle = width / 64 * cardinality * pathWidth
    let filters = hasBottlenecks ? 4 * width : width
    // The first unit of a plain ResNet changes nothing that would need a projection.
    let isProjected = isFirst && (hasBottlenecks || width > 64)
    return Residual(activation: .relu) {
      if hasBottlenecks {
        ConvNorm(middle, 1)
        ConvNorm(middle, 3, strides: strides, groups: cardinality, padding: .explicit(1))
        ConvNorm(filters, 1, isRectified: false)
      } else {
        ConvNorm(width, 3, strides: strides, padding: .explicit(1))
        ConvNorm(width, 3, padding: .explicit(1), isRectified: false)
      }
    } shortcut: {
      if isProjected { ConvNorm(filters, 1, strides: strides, padding: .valid, isRectified: false) }
    }
  }
}
