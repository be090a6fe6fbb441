import FoveaLayers

/// DenseNet for ImageNet, as its tables of layers are in the lectures. Input 224×224×3.
///
/// - Source: Huang et al. 2017, "Densely Connected Convolutional Networks", table 1.
struct DenseNet: Model {
  /// The layers of each dense block.
  var depths: [Int]
  var growth = 32

  var body: Sequential {
    ConvNorm(2 * growth, 7, strides: 2, padding: .explicit(3))
    MaxPool2D(3, strides: 2, padding: .explicit(1))
    for (block, depth) in depths.enumerated() {
      for _ in 0..<depth { layer }
      BatchNorm()
      ReLU()
      if block + 1 < depths.count {
        Conv2D(filters: channels(after: block) / 2, kernel: 1, bias: false)
        AveragePool2D(2)
      }
    }
    GlobalAveragePool2D()
    Dense(1000)
  }

  /// What came in, and `growth` channels more.
  private var layer: Concatenate {
    Concatenate {
      Sequential([])
      Sequential {
        BatchNorm()
        ReLU()
        ConvNorm(4 * growth, 1)
        Conv2D(filters: growth, kernel: 3, padding: .same, bias: false)
      }
    }
  }

  /// Every block adds its layers' channels; every transition before it has halved them.
  private func channels(after block: Int) -> Int {
    depths.prefix(block + 1).enumerated().reduce(2 * growth) { channels, next in
      (next.offset == 0 ? channels : channels / 2) + next.element * growth
    }
  }
}
