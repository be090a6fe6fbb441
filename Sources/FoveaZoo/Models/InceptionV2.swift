public import FoveaLayers

/// Inception v2, also BN-Inception: Ioffe & Szegedy 2015, "Batch Normalization: Accelerating Deep Network Training by
/// Reducing Internal Covariate Shift", figure 5. Input 224×224×3.
///
/// GoogLeNet with batch normalisation, two 3×3 convolutions in place of each 5×5, and strides in two of its modules. As
/// the Caffe model that is in use, which gives convolutions a bias too, a first convolution that is not separable, and
/// module 4c 128 filters after its pooling, where the figure's sum is right for 96 only. Layers are called as in its
/// port to PyTorch, `bninception` of the package pretrainedmodels.
public struct InceptionV2: Model {
  public var classes: Int

  public init(classes: Int = 1000) { self.classes = classes }

  /// The filters of a module.
  private struct Counts {
    /// 0 in a module that halves height and width: it has no 1×1, and its pooling passes all channels on.
    var pointwise = 0
    /// Of the 1×1 before the 3×3, and of that.
    var single: [Int]
    /// Of the 1×1 before the two 3×3, and of each of them.
    var double: [Int]
    var pooled = 0
  }

  private static let modules = [
    ("3a", Counts(pointwise: 64, single: [64, 64], double: [64, 96], pooled: 32)),
    ("3b", Counts(pointwise: 64, single: [64, 96], double: [64, 96], pooled: 64)),
    ("3c", Counts(single: [128, 160], double: [64, 96])),
    ("4a", Counts(pointwise: 224, single: [64, 96], double: [96, 128], pooled: 128)),
    ("4b", Counts(pointwise: 192, single: [96, 128], double: [96, 128], pooled: 128)),
    ("4c", Counts(pointwise: 160, single: [128, 160], double: [128, 160], pooled: 128)),
    ("4d", Counts(pointwise: 96, single: [128, 192], double: [160, 192], pooled: 128)),
    ("4e", Counts(single: [128, 192], double: [192, 256])),
    ("5a", Counts(pointwise: 352, single: [192, 320], double: [160, 224], pooled: 128)),
    ("5b", Counts(pointwise: 352, single: [192, 320], double: [192, 224], pooled: 128)),
  ]

  public var body: Sequential {
    convolution("conv1_7x7_s2", 64, 7, strides: 2)
    MaxPool2D(3, strides: 2, roundsUp: true)
    convolution("conv2_3x3_reduce", 64, 1)
    convolution("conv2_3x3", 192, 3)
    MaxPool2D(3, strides: 2, roundsUp: true)
    for (name, counts) in Self.modules { module("inception_\(name)_", counts) }
    GlobalAveragePool2D()
    Dropout(0.2)
    Dense(classes).named("last_linear")
  }

  private func module(_ name: String, _ counts: Counts) -> Concatenate {
    let strides: Size2D = counts.pointwise == 0 ? 2 : 1
    return Concatenate {
      if counts.pointwise > 0 { convolution(name + "1x1", counts.pointwise, 1) }
      Sequential {
        convolution(name + "3x3_reduce", counts.single[0], 1)
        convolution(name + "3x3", counts.single[1], 3, strides: strides)
      }
      Sequential {
        convolution(name + "double_3x3_reduce", counts.double[0], 1)
        convolution(name + "double_3x3_1", counts.double[1], 3)
        convolution(name + "double_3x3_2", counts.double[1], 3, strides: strides)
      }
      if counts.pointwise == 0 {
        MaxPool2D(3, strides: 2, roundsUp: true)
      } else {
        Sequential {
          if name == "inception_5b_" {
            MaxPool2D(3, strides: 1, padding: .explicit(1))
          } else {
            AveragePool2D(3, strides: 1, padding: .explicit(1), countsPadding: true)
          }
          convolution(name + "pool_proj", counts.pooled, 1)
        }
      }
    }
  }

  /// A convolution, its normalisation and a rectifier, whose layers stand beside those of all others.
  private func convolution(_ name: String, _ filters: Int, _ kernel: Int, strides: Size2D = 1) -> Sequential {
    Sequential {
      Conv2D(
        filters: filters, kernel: Size2D(kernel), strides: strides, padding: .explicit(kernel / 2),
        initializer: .heNormal
      ).named(name)
      BatchNorm().named(name + "_bn")
      ReLU()
    }
  }
}

extension InceptionV2 {
  static let entries = [
    CatalogueEntry(
      "inception-v2", aliases: ["bn-inception"], 2015, "Ioffe & Szegedy, Batch Normalization", input: [224, 224, 3],
      classes: 1000
    ) { InceptionV2(classes: $0.classes) }
  ]
}
