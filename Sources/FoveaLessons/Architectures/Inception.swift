import FoveaLayers

/// Inception v3 without its auxiliary classifier. Input 299×299×3.
///
/// - Source: Szegedy et al. 2016, "Rethinking the Inception Architecture for Computer Vision", table 1.
struct InceptionV3: Model {
  var body: Sequential {
    inceptionStem
    for pooled in [32, 64, 64] { squares(pooled) }
    Concatenate {
      ConvNorm(384, 3, strides: 2, padding: .valid)
      Sequential([ConvNorm(64, 1), ConvNorm(96, 3), ConvNorm(96, 3, strides: 2, padding: .valid)])
      MaxPool2D(3, strides: 2)
    }
    for width in [128, 160, 160, 192] { rowsAndColumns(width) }
    Concatenate {
      Sequential([ConvNorm(192, 1), ConvNorm(320, 3, strides: 2, padding: .valid)])
      Sequential([
        ConvNorm(192, 1), ConvNorm(192, Size2D(1, 7)), ConvNorm(192, Size2D(7, 1)),
        ConvNorm(192, 3, strides: 2, padding: .valid),
      ])
      MaxPool2D(3, strides: 2)
    }
    for _ in 0..<2 { wide }
    GlobalAveragePool2D()
    Dense(1000)
  }

  private func squares(_ pooled: Int) -> Concatenate {
    Concatenate {
      ConvNorm(64, 1)
      Sequential([ConvNorm(48, 1), ConvNorm(64, 5)])
      Sequential([ConvNorm(64, 1), ConvNorm(96, 3), ConvNorm(96, 3)])
      Sequential([AveragePool2D(3, strides: 1, padding: .same), ConvNorm(pooled, 1)])
    }
  }

  /// n×n as 1×n and n×1.
  private func rowsAndColumns(_ width: Int) -> Concatenate {
    Concatenate {
      ConvNorm(192, 1)
      Sequential([ConvNorm(width, 1), ConvNorm(width, Size2D(1, 7)), ConvNorm(192, Size2D(7, 1))])
      Sequential([
        ConvNorm(width, 1), ConvNorm(width, Size2D(7, 1)), ConvNorm(width, Size2D(1, 7)),
        ConvNorm(width, Size2D(7, 1)), ConvNorm(192, Size2D(1, 7)),
      ])
      Sequential([AveragePool2D(3, strides: 1, padding: .same), ConvNorm(192, 1)])
    }
  }

  /// 1×3 and 3×1 side by side: expanded filter banks.
  private var wide: Concatenate {
    let fork = Concatenate {
      ConvNorm(384, Size2D(1, 3))
      ConvNorm(384, Size2D(3, 1))
    }
    return Concatenate {
      ConvNorm(320, 1)
      Sequential([ConvNorm(384, 1), fork])
      Sequential([ConvNorm(448, 1), ConvNorm(384, 3), fork])
      Sequential([AveragePool2D(3, strides: 1, padding: .same), ConvNorm(192, 1)])
    }
  }
}

/// Inception-ResNet v2 without its auxiliary classifier, as Keras has it. Input 299×299×3.
///
/// - Source: Szegedy et al. 2017, "Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning",
///   §3.2.
struct InceptionResNetV2: Model {
  var body: Sequential {
    inceptionStem
    Concatenate {
      ConvNorm(96, 1)
      Sequential([ConvNorm(48, 1), ConvNorm(64, 5)])
      Sequential([ConvNorm(64, 1), ConvNorm(96, 3), ConvNorm(96, 3)])
      Sequential([AveragePool2D(3, strides: 1, padding: .same), ConvNorm(64, 1)])
    }
    for _ in 0..<10 {
      unit(320) {
        ConvNorm(32, 1)
        Sequential([ConvNorm(32, 1), ConvNorm(32, 3)])
        Sequential([ConvNorm(32, 1), ConvNorm(48, 3), ConvNorm(64, 3)])
      }
    }
    Concatenate {
      ConvNorm(384, 3, strides: 2, padding: .valid)
      Sequential([ConvNorm(256, 1), ConvNorm(256, 3), ConvNorm(384, 3, strides: 2, padding: .valid)])
      MaxPool2D(3, strides: 2)
    }
    for _ in 0..<20 {
      unit(1088) {
        ConvNorm(192, 1)
        Sequential([ConvNorm(128, 1), ConvNorm(160, Size2D(1, 7)), ConvNorm(192, Size2D(7, 1))])
      }
    }
    Concatenate {
      Sequential([ConvNorm(256, 1), ConvNorm(384, 3, strides: 2, padding: .valid)])
      Sequential([ConvNorm(256, 1), ConvNorm(288, 3, strides: 2, padding: .valid)])
      Sequential([ConvNorm(256, 1), ConvNorm(288, 3), ConvNorm(320, 3, strides: 2, padding: .valid)])
      MaxPool2D(3, strides: 2)
    }
    for _ in 0..<10 {
      unit(2080) {
        ConvNorm(192, 1)
        Sequential([ConvNorm(192, 1), ConvNorm(224, Size2D(1, 3)), ConvNorm(256, Size2D(3, 1))])
      }
    }
    ConvNorm(1536, 1)
    GlobalAveragePool2D()
    Dense(1000)
  }

  /// Branches side by side, brought back to the input's channels and added to it.
  private func unit(_ channels: Int, @LayerBuilder _ branches: () -> Sequential) -> Residual {
    let joined = Concatenate(branches)
    return Residual(activation: .relu) {
      joined
      Conv2D(filters: channels, kernel: 1)
    }
  }
}

/// The first layers of both.
private var inceptionStem: Sequential {
  Sequential([
    ConvNorm(32, 3, strides: 2, padding: .valid), ConvNorm(32, 3, padding: .valid), ConvNorm(64, 3),
    MaxPool2D(3, strides: 2), ConvNorm(80, 1), ConvNorm(192, 3, padding: .valid), MaxPool2D(3, strides: 2),
  ])
}
