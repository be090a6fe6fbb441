import FoveaLayers

// How much of what a mask marks is marked in the target, too: losses of segmentation. p is the probability of a pixel,
// t its target, 0 or 1; sums are over the batch and all positions, one for each class, and the mean is over classes.

extension Loss {
  /// What makes probabilities of scores.
  public enum Probabilities: Hashable, Sendable {
    /// Every class on its own.
    case sigmoid
    /// The classes of a pixel share 1.
    case softmax
  }

  /// `1 − (2 Σpt + smooth) / (Σp + Σt + smooth)`.
  ///
  /// - Shapes: `N×H×W×classes`, targets alike.
  /// - Source: Milletari, Navab & Ahmadi 2016, "V-Net", §3; without squares in the divisor.
  public static func dice(_ probabilities: Probabilities = .sigmoid, smooth: Float = 1) -> Loss {
    overlap("Dice", probabilities, smooth) { both, p, t in (2 * both, p + t) }
  }

  /// `1 − (Σpt + smooth) / (Σp + Σt − Σpt + smooth)`: intersection over union, the Jaccard index.
  ///
  /// - Shapes: `N×H×W×classes`, targets alike.
  /// - Source: Rahman & Wang 2016, "Optimizing Intersection-Over-Union in Deep Neural Networks", eq. 3.
  public static func jaccard(_ probabilities: Probabilities = .sigmoid, smooth: Float = 1) -> Loss {
    overlap("Jaccard", probabilities, smooth) { both, p, t in (both, p + t - both) }
  }

  /// `1 − (Σpt + smooth) / (Σpt + alpha · Σp(1 − t) + beta · Σ(1 − p)t + smooth)`: false alarms count `alpha`, misses
  /// `beta`. Both ½ is Dice, both 1 is Jaccard.
  ///
  /// - Shapes: `N×H×W×classes`, targets alike.
  /// - Source: Salehi, Erdogmus & Gholipour 2017, "Tversky Loss Function for Image Segmentation", eq. 2.
  public static func tversky(
    alpha: Float = 0.3, beta: Float = 0.7, _ probabilities: Probabilities = .sigmoid, smooth: Float = 1
  ) -> Loss {
    overlap("Tversky, alpha \(alpha), beta \(beta)", probabilities, smooth) { both, p, t in
      (both, both + alpha * (p - both) + beta * (t - both))
    }
  }

  private static func overlap(
    _ name: String, _ probabilities: Probabilities, _ smooth: Float,
    _ parts: @escaping @Sendable (_ both: Value, _ p: Value, _ t: Value) -> (numerator: Value, divisor: Value)
  ) -> Loss {
    Loss(name: "\(name), \(probabilities), smooth \(smooth)", target: .numbers) { output, target in
      guard smooth >= 0, smooth.isFinite else {
        return output.failing("smooth is \(smooth)", fix: "use 0 or more", assuming: [])
      }
      guard output.rank >= 1 else {
        return output.failing("overlap of a scalar", fix: "give it …×classes", assuming: [])
      }
      let p = probabilities == .sigmoid ? output.applying(Op.Sigmoid()) : output.applying(Op.Softmax())
      let axes = Array(0..<(output.rank - 1))
      let (numerator, divisor) = parts((p * target).sum(over: axes), p.sum(over: axes), target.sum(over: axes))
      return 1 - ((numerator + smooth) / (divisor + smooth).clamped(1e-12, .infinity)).mean()
    }
  }
}
