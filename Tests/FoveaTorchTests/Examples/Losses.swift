import FoveaCore
import FoveaLayers
import FoveaTraining

/// A loss of the input and of targets that `make_losses.py` makes alike.
private func against(_ range: [Double], _ loss: Loss) -> @Sendable (Value) -> Value {
  { x in loss(x, x.builder.constant(TorchExample.numbers(x.shape, seed: 50, in: range).tensor)) }
}

/// Targets that are 0 or 1.
private func againstMask(_ loss: Loss) -> @Sendable (Value) -> Value {
  { x in
    let numbers = TorchExample.numbers(x.shape, seed: 50, in: [-1, 1]).tensor.floats
    return loss(x, x.builder.constant(Tensor(numbers.map { $0 > 0 ? 1 : 0 as Float }, shape: x.shape)))
  }
}

/// Targets that sum up to 1 over the channels.
private func againstProbabilities(_ loss: Loss) -> @Sendable (Value) -> Value {
  { x in
    let numbers = x.builder.constant(TorchExample.numbers(x.shape, seed: 50, in: [0, 1]).tensor)
    return loss(x, numbers / numbers.sum(over: [x.rank - 1], keepingAxes: true))
  }
}

/// Class indices: 3 · place modulo the number of classes.
private func classes(_ loss: Loss, but missing: Int32? = nil) -> @Sendable (Value) -> Value {
  { x in
    let shape = Shape(x.shape.dimensions.dropLast())
    let labels = (0..<shape.count).map { missing != nil && $0 == 1 ? missing! : Int32($0 * 3 % x.channels) }
    return loss(x, x.builder.constant(Tensor(labels, shape: shape)))
  }
}

/// Rows 2, 3… of the input as values of their own.
private func rows(_ x: Value, _ count: Int) -> [Value] {
  (0..<count).map { x.applying(Op.Slice(from: [$0, 0, 0], size: [1] + Array(x.shape.dimensions.dropFirst()))) }
    .map { $0.reshaped(to: Shape(Array(x.shape.dimensions.dropFirst()))) }
}

private let weights: [Float] = [0.5, 2, 1, 0.25, 3]

extension TorchFamily {
  /// `Fixtures/make_losses.py`
  static let losses = TorchFamily(
    "losses",
    [
      "cross-entropy": classes(.crossEntropy), "cross-entropy of pixels": classes(.crossEntropy),
      "smoothed": classes(.crossEntropy(smoothing: 0.1)), "weighted": classes(.crossEntropy(weights: weights)),
      "smoothed and weighted": classes(.crossEntropy(smoothing: 0.2, weights: weights)),
      "smoothed, a class of weight 0": classes(.crossEntropy(smoothing: 0.3, weights: [0.5, 2, 0, 0.25, 3])),
      "without a class": classes(.crossEntropy(ignored: 3)),
      "smoothed, weighted, without a label": classes(
        .crossEntropy(smoothing: 0.2, weights: weights, ignored: 255), but: 255),
      "soft targets": againstProbabilities(.softCrossEntropy),
      "binary cross-entropy": against([0, 1], .binaryCrossEntropy()),
      "binary cross-entropy, weighted": againstMask(.binaryCrossEntropy(positiveWeight: 2.5)),
      "binary cross-entropy of large scores": againstMask(.binaryCrossEntropy()),
      "focal": againstMask(.focal()), "focal without weights": againstMask(.focal(gamma: 1.5, alpha: nil)),
      "multi-class hinge": classes(.multiclassHinge()), "hinge": againstMask(.hinge()),
      "kl divergence": againstProbabilities(.klDivergence),
      "mse": against([-1, 1], .meanSquaredError), "mae": against([-1, 1], .meanAbsoluteError),
      "huber": against([-1, 1], .huber(delta: 0.4)), "cosine": against([-1, 1], .cosine),
      "dice": againstMask(.dice()), "dice by softmax": againstMask(.dice(.softmax, smooth: 0.5)),
      "jaccard": againstMask(.jaccard()), "tversky": againstMask(.tversky()),
      "triplet": {
        let rows = rows($0, 3)
        return Loss.triplet(anchor: rows[0], positive: rows[1], negative: rows[2], margin: 0.5)
      },
      "contrastive": { x in
        let rows = rows(x, 2)
        let different = (0..<rows[0].shape[0]).map { Float($0 % 2) }
        return Loss.contrastive(
          rows[0], rows[1], different: x.builder.constant(Tensor(different, shape: [different.count])), margin: 3)
      },
    ])
}
