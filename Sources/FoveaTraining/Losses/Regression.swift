import FoveaCore
public import FoveaLayers

// Losses of numbers: the mean over all of them. Shapes: any, targets alike.

extension Loss {
  /// The mean of the squared differences.
  ///
  /// - Source: Goodfellow, Bengio & Courville 2016, "Deep Learning", §5.1.4.
  public static let meanSquaredError = Loss(name: "mean squared error", target: .numbers) { output, target in
    (output - target).power(2).mean()
  }

  /// The mean of the absolute differences.
  public static let meanAbsoluteError = Loss(name: "mean absolute error", target: .numbers) { output, target in
    (output - target).absolute.mean()
  }

  /// Half the square of a difference d up to `delta`, and `delta · (|d| − delta / 2)` beyond: outliers count less.
  ///
  /// - Source: Huber 1964, "Robust Estimation of a Location Parameter", p. 75.
  public static func huber(delta: Float = 1) -> Loss {
    Loss(name: "Huber, delta \(delta)", target: .numbers) { output, target in
      guard delta > 0, delta.isFinite else {
        return output.failing("delta is \(delta)", fix: "use a number above 0", assuming: [])
      }
      // With c = d brought into ±delta, both branches are c · (d − c / 2).
      let difference = output - target
      let inner = difference.clamped(-delta, delta)
      return (inner * (difference - 0.5 * inner)).mean()
    }
  }

  /// `1 − cos(output, target)`, the angle between the rows of channels; the mean over rows.
  ///
  /// - Shapes: `…×C`, targets alike. A row shorter than 1e-8 counts as if it were as long.
  public static let cosine = Loss(name: "cosine", target: .numbers) { output, target in
    let last = [output.rank - 1]
    func reciprocalLength(_ x: Value) -> Value {
      (x * x).sum(over: last).clamped(1e-16, .infinity).applying(Op.ReciprocalSquareRoot(epsilon: 0))
    }
    let product = (output * target).sum(over: last)
    return 1 - (product * reciprocalLength(output) * reciprocalLength(target)).mean()
  }
}

// Losses of embeddings: distances between what a model makes of several inputs.

extension Loss {
  /// `max(0, d(anchor, positive) − d(anchor, negative) + margin)`, d the Euclidean distance of rows; the mean.
  ///
  /// - Shapes: three of `N×C` → a scalar.
  /// - Errors: inputs of different shapes.
  /// - Source: Schroff, Kalenichenko & Philbin 2015, "FaceNet", eq. 3; distances not squared, as in PyTorch.
  public static func triplet(anchor: Value, positive: Value, negative: Value, margin: Float = 1) -> Value {
    if let mistake = anchor.failingUnlessAlike("triplet", [positive, negative]) { return mistake }
    let (near, far) = (distance(anchor, positive), distance(anchor, negative))
    return (near - far + margin).applying(Op.ReLU()).mean()
  }

  /// `½ d²` for pairs that belong together (`different` 0), `½ max(0, margin − d)²` for others (`different` 1); the mean.
  ///
  /// - Shapes: two of `N×C`, `different` `N` → a scalar.
  /// - Errors: inputs of different shapes, not one number of `different` for each row.
  /// - Source: Hadsell, Chopra & LeCun 2006, "Dimensionality Reduction by Learning an Invariant Mapping", eq. 4.
  public static func contrastive(_ a: Value, _ b: Value, different: Value, margin: Float = 1) -> Value {
    if let mistake = a.failingUnlessAlike("contrastive", [b]) { return mistake }
    let d = distance(a, b)
    if let mistake = d.failingUnlessAlike("contrastive", [different]) { return mistake }
    let apart = (margin - d).applying(Op.ReLU())
    return (0.5 * ((1 - different) * (d * d) + different * (apart * apart))).mean()
  }

  /// The Euclidean distance of rows; a small offset keeps the gradient finite where they coincide.
  private static func distance(_ a: Value, _ b: Value) -> Value {
    (a - b + 1e-6).power(2).sum(over: [a.rank - 1]).squareRoot
  }
}

extension Value {
  /// Reports inputs of other shapes than this; `nil` if all is well.
  fileprivate func failingUnlessAlike(_ loss: String, _ others: [Value]) -> Value? {
    guard rank >= 1 else {
      return failing("the \(loss) loss compares rows, got a scalar", fix: "give it N×C", assuming: [])
    }
    guard let other = others.first(where: { $0.shape != shape }) else { return nil }
    return failing(
      "the \(loss) loss compares \(shape) with \(other.shape)", fix: "give them one shape; nothing is stretched here",
      assuming: [])
  }
}
