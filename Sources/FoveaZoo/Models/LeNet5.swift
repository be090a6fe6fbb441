public import FoveaLayers

/// LeNet-5: LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition", fig. 2. Input 32×32×1; a
/// smaller image, such as the 28×28 of MNIST, is padded with zeros in C1.
///
/// Differs from the paper: every map of C3 sees all maps of S2; pooling has no weights; tanh is not scaled; the output
/// is a dense layer. It ends in scores (logits): the loss takes them as they are, and predicting adds the softmax.
public struct LeNet5: Layer {
  public var classes: Int

  public init(classes: Int = 10) { self.classes = classes }

  public func forward(_ x: Value) -> Value {
    let isSmall = x.rank == 4 && x.shape[1] < 32
    return body(padding: isSmall ? .same : .valid).forward(x)
  }

  @LayerBuilder private func body(padding: Padding) -> Sequential {
    Conv2D(filters: 6, kernel: 5, padding: padding, activation: .tanh).named("c1")  // 28×28×6
    AveragePool2D(2).named("s2")  // 14×14×6
    Conv2D(filters: 16, kernel: 5, activation: .tanh).named("c3")  // 10×10×16
    AveragePool2D(2).named("s4")  // 5×5×16
    Flatten().named("flatten")
    Dense(120, activation: .tanh).named("c5")
    Dense(84, activation: .tanh).named("f6")
    Dense(classes).named("output")
  }
}

extension LeNet5 {
  static let entries = [
    CatalogueEntry(
      "lenet5", aliases: ["t5", "t6", "t9"], 1998,
      "LeCun et al., Gradient-Based Learning Applied to Document Recognition", input: [28, 28, 1]
    ) { LeNet5(classes: $0.classes) }
  ]
}
