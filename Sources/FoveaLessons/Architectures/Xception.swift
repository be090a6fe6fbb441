import FoveaLayers

/// Xception. Input 299×299×3.
///
/// - Source: Chollet 2017, "Xception: Deep Learning with Depthwise Separable Convolutions", fig. 5.
struct Xception: Model {
  var body: Sequential {
    ConvNorm(32, 3, strides: 2, padding: .valid)
    ConvNorm(64, 3, padding: .valid)
    for (place, filters) in [128, 256, 728].enumerated() {
      halving(filters, filters, startsRectified: place > 0)
    }
    for _ in 0..<8 {
      Residual {
        for _ in 0..<3 { separable(728) }
      }
    }
    halving(728, 1024, startsRectified: true)
    for filters in [1536, 2048] {
      SeparableConv2D(filters: filters, kernel: 3, padding: .same, bias: false)
      BatchNorm()
      ReLU()
    }
    GlobalAveragePool2D()
    Dense(1000)
  }

  private func separable(_ filters: Int, isRectified: Bool = true) -> Sequential {
    Sequential {
      if isRectified { ReLU() }
      SeparableConv2D(filters: filters, kernel: 3, padding: .same, bias: false)
      BatchNorm()
    }
  }

  private func halving(_ first: Int, _ second: Int, startsRectified: Bool) -> Residual {
    Residual {
      separable(first, isRectified: startsRectified)
      separable(second)
      MaxPool2D(3, strides: 2, padding: .same)
    } shortcut: {
      ConvNorm(second, 1, strides: 2, isRectified: false)
    }
  }
}
