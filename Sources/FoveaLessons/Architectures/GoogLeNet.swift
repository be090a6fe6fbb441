import FoveaLayers

/// GoogLeNet without its auxiliary classifiers. Input 224×224×3.
///
/// - Source: Szegedy et al. 2015, "Going Deeper with Convolutions", table 1.
struct GoogLeNet: Model {
  /// As torchvision has it: batch normalisation instead of biases, and 3×3 where the paper has 5×5.
  var isNormalized: Bool

  var body: Sequential {
    convolution(64, 7, strides: 2)
    MaxPool2D(3, strides: 2, padding: .same)
    convolution(64, 1)
    convolution(192, 3)
    for (place, counts) in Self.modules.enumerated() {
      if [0, 2, 7].contains(place) { MaxPool2D(3, strides: 2, padding: .same) }
      module(counts)
    }
    GlobalAveragePool2D()
    Dropout(0.4)
    Dense(1000)
  }

  /// Of each module: 1×1; 1×1 before the 3×3, and the 3×3; 1×1 before the 5×5, and the 5×5; 1×1 after the pooling.
  static let modules = [
    [64, 96, 128, 16, 32, 32], [128, 128, 192, 32, 96, 64], [192, 96, 208, 16, 48, 64], [160, 112, 224, 24, 64, 64],
    [128, 128, 256, 24, 64, 64], [112, 144, 288, 32, 64, 64], [256, 160, 320, 32, 128, 128],
    [256, 160, 320, 32, 128, 128], [384, 192, 384, 48, 128, 128],
  ]

  func module(_ counts: [Int]) -> Concatenate {
    Concatenate {
      convolution(counts[0], 1)
      Sequential {
        convolution(counts[1], 1)
        convolution(counts[2], 3)
      }
      Sequential {
        convolution(counts[3], 1)
        convolution(counts[4], isNormalized ? 3 : 5)
      }
      Sequential {
        MaxPool2D(3, strides: 1, padding: .same)
        convolution(counts[5], 1)
      }
    }
  }

  private func convolution(_ filters: Int, _ kernel: Size2D, strides: Size2D = 1) -> any Layer {
    isNormalized
      ? ConvNorm(filters, kernel, strides: strides)
      : Conv2D(filters: filters, kernel: kernel, strides: strides, padding: .same, activation: .relu)
  }
}
