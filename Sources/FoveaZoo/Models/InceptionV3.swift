public import FoveaLayers

/// Inception v3: Szegedy et al. 2016, "Rethinking the Inception Architecture for Computer Vision", §6. Input 299×299×3.
///
/// Layers are called as in torchvision, whose published weights take pictures as (x − 0.5) / 0.5, and whose averages count
/// the zeros around the image; Keras's do not.
public struct InceptionV3: Model {
  /// Whether it has the auxiliary head (figure 8), which is for training alone.
  public var hasHead: Bool
  /// Whether averages at the edge count zeros around the image.
  public var countsPadding: Bool
  public var classes: Int

  public init(hasHead: Bool = false, countsPadding: Bool = true, classes: Int = 1000) {
    (self.hasHead, self.countsPadding, self.classes) = (hasHead, countsPadding, classes)
  }

  public var body: Sequential {
    BasicConv(32, kernel: 3, strides: 2).named("Conv2d_1a_3x3")
    BasicConv(32, kernel: 3).named("Conv2d_2a_3x3")
    BasicConv(64, kernel: 3, padding: .explicit(1)).named("Conv2d_2b_3x3")
    MaxPool2D(3, strides: 2)
    BasicConv(80, kernel: 1).named("Conv2d_3b_1x1")
    BasicConv(192, kernel: 3).named("Conv2d_4a_3x3")
    MaxPool2D(3, strides: 2)
    for (name, pooled) in [("5b", 32), ("5c", 64), ("5d", 64)] { squares(pooled: pooled).named("Mixed_" + name) }
    firstReduction.named("Mixed_6a")
    for (name, inner) in [("6b", 128), ("6c", 160), ("6d", 160), ("6e", 192)] { crosses(inner).named("Mixed_" + name) }
    if hasHead { head.named("AuxLogits") }
    secondReduction.named("Mixed_7a")
    fans.named("Mixed_7b")
    fans.named("Mixed_7c")
    GlobalAveragePool2D()
    Dropout(0.5)
    Dense(classes, initializer: .truncatedNormal(deviation: 0.1)).named("fc")
  }

  /// A module of 1×1, 5×5 and two 3×3 convolutions (figure 5).
  private func squares(pooled: Int) -> Concatenate {
    Concatenate {
      convolution(64, 1).named("branch1x1")
      Sequential {
        convolution(48, 1).named("branch5x5_1")
        convolution(64, 5).named("branch5x5_2")
      }
      Sequential {
        convolution(64, 1).named("branch3x3dbl_1")
        convolution(96, 3).named("branch3x3dbl_2")
        convolution(96, 3).named("branch3x3dbl_3")
      }
      averaged(pooled)
    }
  }

  /// Half the height and width.
  private var firstReduction: Concatenate {
    Concatenate {
      BasicConv(384, kernel: 3, strides: 2).named("branch3x3")
      Sequential {
        convolution(64, 1).named("branch3x3dbl_1")
        convolution(96, 3).named("branch3x3dbl_2")
        BasicConv(96, kernel: 3, strides: 2).named("branch3x3dbl_3")
      }
      MaxPool2D(3, strides: 2)
    }
  }

  /// A module of 1×7 and 7×1 convolutions (figure 6).
  private func crosses(_ inner: Int) -> Concatenate {
    Concatenate {
      convolution(192, 1).named("branch1x1")
      Sequential {
        convolution(inner, 1).named("branch7x7_1")
        convolution(inner, Size2D(1, 7)).named("branch7x7_2")
        convolution(192, Size2D(7, 1)).named("branch7x7_3")
      }
      Sequential {
        convolution(inner, 1).named("branch7x7dbl_1")
        convolution(inner, Size2D(7, 1)).named("branch7x7dbl_2")
        convolution(inner, Size2D(1, 7)).named("branch7x7dbl_3")
        convolution(inner, Size2D(7, 1)).named("branch7x7dbl_4")
        convolution(192, Size2D(1, 7)).named("branch7x7dbl_5")
      }
      averaged(192)
    }
  }

  /// Scores from the 17×17 maps, whose loss counts 0.4 in training, as torchvision's does.
  private var head: AuxiliaryHead {
    AuxiliaryHead(weight: 0.4) {
      AveragePool2D(5, strides: 3)
      convolution(128, 1).named("conv0")
      BasicConv(768, kernel: 5).named("conv1")
      GlobalAveragePool2D()
      Dense(classes, initializer: .truncatedNormal(deviation: 0.001)).named("fc")
    }
  }

  private var secondReduction: Concatenate {
    Concatenate {
      Sequential {
        convolution(192, 1).named("branch3x3_1")
        BasicConv(320, kernel: 3, strides: 2).named("branch3x3_2")
      }
      Sequential {
        convolution(192, 1).named("branch7x7x3_1")
        convolution(192, Size2D(1, 7)).named("branch7x7x3_2")
        convolution(192, Size2D(7, 1)).named("branch7x7x3_3")
        BasicConv(192, kernel: 3, strides: 2).named("branch7x7x3_4")
      }
      MaxPool2D(3, strides: 2)
    }
  }

  /// A module whose 3×3 convolutions are 1×3 and 3×1 side by side (figure 7).
  private var fans: Concatenate {
    Concatenate {
      convolution(320, 1).named("branch1x1")
      Sequential {
        convolution(384, 1).named("branch3x3_1")
        Concatenate {
          convolution(384, Size2D(1, 3)).named("branch3x3_2a")
          convolution(384, Size2D(3, 1)).named("branch3x3_2b")
        }
      }
      Sequential {
        convolution(448, 1).named("branch3x3dbl_1")
        convolution(384, 3).named("branch3x3dbl_2")
        Concatenate {
          convolution(384, Size2D(1, 3)).named("branch3x3dbl_3a")
          convolution(384, Size2D(3, 1)).named("branch3x3dbl_3b")
        }
      }
      averaged(192)
    }
  }

  /// The mean of each neighbourhood, and a 1×1 convolution.
  private func averaged(_ filters: Int) -> Sequential {
    Sequential {
      AveragePool2D(3, strides: 1, padding: .explicit(1), countsPadding: countsPadding)
      convolution(filters, 1).named("branch_pool")
    }
  }

  /// One that keeps height and width.
  private func convolution(_ filters: Int, _ kernel: Size2D) -> BasicConv {
    BasicConv(
      filters, kernel: kernel, padding: .explicit(vertical: kernel.height / 2, horizontal: kernel.width / 2))
  }
}

extension InceptionV3 {
  static let entries = [
    CatalogueEntry(
      "inception-v3", 2016, "Szegedy et al., Rethinking the Inception Architecture", input: [299, 299, 3],
      classes: 1000,
      options: [
        .heads,
        ModelOption(
          "averages", "whether averages at the edge count zeros around, as in PyTorch, or what is inside, as in Keras",
          .choice(["padded", "inside"])),
      ],
      // torchvision's own reads ImageNet's moments and turns the numbers to -1...1 (transform_input).
      leftOut: ["AuxLogits."], preprocessing: "imagenet,short=342,mean=0.5,deviation=0.5", keras: { .inceptionV3 }
    ) {
      InceptionV3(
        hasHead: $0.integer("aux") == 1, countsPadding: $0.choice("averages") == "padded", classes: $0.classes)
    }
  ]
}
