import FoveaCore
import FoveaLayers

// Losses of class scores. All take scores (logits), not probabilities.

extension Loss {
  /// The mean cross-entropy of class scores with class indices.
  ///
  /// - Shapes: `…×classes`, labels `…`.
  /// - Source: Goodfellow, Bengio & Courville 2016, "Deep Learning", §6.2.2.3.
  public static let crossEntropy = Loss(name: "cross-entropy") { $0.applying(Op.CrossEntropy(), $1).mean() }

  /// The mean cross-entropy with weights for the classes, softened targets, and labels that do not count.
  ///
  /// Each term counts as much as the weight of its class, those of the shared part of the target too; the sum is divided
  /// by the sum of the weights of the labels. A score of −∞ for a class that is not the label costs nothing.
  ///
  /// - Parameters:
  ///   - smoothing: the part of the target that all classes share, in 0...1.
  ///   - weights: one for each class.
  ///   - ignored: a label that does not count; a label that is no class, such as −1 or 255, never does.
  /// - Shapes: `…×classes`, labels `…`.
  /// - Source: Szegedy et al. 2016, "Rethinking the Inception Architecture", §7 (smoothing).
  public static func crossEntropy(smoothing: Float = 0, weights: [Float]? = nil, ignored: Int? = nil) -> Loss {
    let extras = [smoothing == 0 ? nil : "smoothing \(smoothing)", weights.map { "weights \($0)" }]
    let name = (["cross-entropy"] + extras + [ignored.map { "without \($0)" }]).compactMap { $0 }
    return Loss(name: name.joined(separator: ", ")) { output, labels in
      let classes = output.channels
      guard (0...1).contains(smoothing), weights?.count ?? classes == classes else {
        return output.failing(
          "a smoothing of \(smoothing) and \(weights?.count ?? classes) weights for \(classes) classes",
          fix: "use 0...1, and one weight for each class", assuming: [])
      }
      func vector(_ numbers: [Float]) -> Value { output.builder.constant(Tensor(numbers, shape: [classes])) }
      // A row of zeros with a one for each position that counts, a row of zeros for the others.
      var kept = labels.applying(Op.OneHot(classes: classes))
      if let ignored, (0..<classes).contains(ignored) {
        kept = kept * vector((0..<classes).map { $0 == ignored ? 0 : 1 })
      }
      // 0 times −∞ is no number: what is infinite is brought back to the largest float.
      let logarithms = output.applying(Op.LogSoftmax()).clamped(-.greatestFiniteMagnitude, .infinity)
      let weighted = weights.map { logarithms * vector($0) } ?? logarithms
      // 1 for each position that counts.
      let rows = kept.sum(over: [labels.rank], keepingAxes: true)
      let divisor = (weights.map { kept * vector($0) } ?? rows).sum().clamped(1e-12, .infinity)
      guard smoothing > 0 else { return -(kept * weighted).sum() / divisor }
      let shared = smoothing / Float(classes) * rows
      return -(((1 - smoothing) * kept + shared) * weighted).sum() / divisor
    }
  }

  /// The mean cross-entropy with probabilities for targets: `−Σ t · log softmax(x)`.
  ///
  /// - Shapes: `…×classes`, targets alike.
  /// - Source: Hinton, Vinyals & Dean 2015, "Distilling the Knowledge in a Neural Network", §2.
  public static let softCrossEntropy = Loss(name: "soft cross-entropy", target: .numbers) { output, target in
    -(target * output.applying(Op.LogSoftmax())).sum(over: [output.rank - 1]).mean()
  }

  /// The mean cross-entropy of scores for yes or no with targets in 0...1, every number on its own.
  ///
  /// - Parameter positiveWeight: how much a yes counts against a no.
  /// - Shapes: any, targets alike.
  public static func binaryCrossEntropy(positiveWeight: Float = 1) -> Loss {
    Loss(name: "binary cross-entropy" + (positiveWeight == 1 ? "" : ", positive \(positiveWeight)"), target: .numbers) {
      output, target in
      // −t · log σ(x) = t · softplus(−x), and −(1 − t) · log(1 − σ(x)) = (1 − t) · (x + softplus(−x)).
      let no = (-output).applying(Op.Softplus())
      return ((1 - target) * (output + no) + positiveWeight * (target * no)).mean()
    }
  }

  /// Binary cross-entropy in which what is right already counts little: each term times `(1 − p)^γ`, p the probability
  /// of the right answer.
  ///
  /// - Parameters:
  ///   - gamma: γ, 0 or more; 0 is cross-entropy.
  ///   - alpha: the weight of a yes, `1 − alpha` that of a no; `nil` for 1 and 1.
  /// - Shapes: any, targets in 0...1 alike.
  /// - Source: Lin et al. 2017, "Focal Loss for Dense Object Detection", eq. 4 and 5.
  public static func focal(gamma: Float = 2, alpha: Float? = 0.25) -> Loss {
    Loss(name: "focal, gamma \(gamma), alpha \(alpha.map { "\($0)" } ?? "none")", target: .numbers) { output, target in
      guard gamma >= 0, gamma.isFinite else {
        return output.failing("γ is \(gamma)", fix: "use 0 or more", assuming: [])
      }
      let no = (-output).applying(Op.Softplus())
      let terms = (1 - target) * output + no
      let probability = output.applying(Op.Sigmoid())
      let wrong = probability + target - 2 * (probability * target)
      var weighted = gamma == 0 ? terms : terms * wrong.clamped(1e-12, 1).power(gamma)
      if let alpha { weighted = weighted * ((2 * alpha - 1) * target + (1 - alpha)) }
      return weighted.mean()
    }
  }

  /// How far the right class is ahead of the others: `Σ max(0, margin − x[label] + x[i]) / classes` over the wrong
  /// classes, the mean over positions.
  ///
  /// - Shapes: `…×classes`, labels `…`.
  /// - Source: Weston & Watkins 1999, "Support Vector Machines for Multi-Class Pattern Recognition", eq. 4.
  public static func multiclassHinge(margin: Float = 1) -> Loss {
    Loss(name: "multi-class hinge, margin \(margin)") { output, labels in
      let label = labels.applying(Op.OneHot(classes: output.channels))
      let right = (label * output).sum(over: [output.rank - 1], keepingAxes: true)
      return ((output - right + margin).applying(Op.ReLU()) * (1 - label)).mean()
    }
  }

  /// `max(0, margin − y · x)`, y = 1 for a target above ½ and −1 otherwise; the mean.
  ///
  /// - Shapes: any, targets 0 or 1 (or −1 or 1) alike.
  /// - Source: Cortes & Vapnik 1995, "Support-Vector Networks", §3.
  public static func hinge(margin: Float = 1) -> Loss {
    Loss(name: "hinge, margin \(margin)", target: .numbers) { output, target in
      let sign = 2 * (target - 0.5).applying(Op.Step()) - 1
      return (margin - sign * output).applying(Op.ReLU()).mean()
    }
  }

  /// The Kullback-Leibler divergence of a target distribution from the softmax of the scores,
  /// `Σ t · (log t − log softmax(x))`, the mean over positions.
  ///
  /// - Shapes: `…×classes`, targets (probabilities) alike.
  /// - Source: Kullback & Leibler 1951, "On Information and Sufficiency", eq. 2.4.
  public static let klDivergence = Loss(name: "KL divergence", target: .numbers) { output, target in
    let terms = target * (target.clamped(1e-37, .infinity).logarithm - output.applying(Op.LogSoftmax()))
    return terms.sum(over: [output.rank - 1]).mean()
  }
}
