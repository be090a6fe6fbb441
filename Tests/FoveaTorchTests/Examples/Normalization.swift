import FoveaCore
import FoveaLayers
import FoveaTraining

/// The input's two halves as values of their own: `2×N×…` → two of `N×…`.
private func halves(_ x: Value) -> (Value, Value) {
  let inner = Array(x.shape.dimensions.dropFirst())
  let rows = (0..<2).map { half in
    x.applying(Op.Slice(from: [half] + inner.map { _ in 0 }, size: [1] + inner)).reshaped(to: Shape(inner))
  }
  return (rows[0], rows[1])
}

/// The loss of three sequences of at most three labels, −1 where there are fewer.
private func ctc(_ labels: [Int32], blank: Int = 0) -> @Sendable (Value) -> Value {
  { x in
    Loss.ctc(
      x, labels: x.builder.constant(Tensor(labels, shape: [3, 3])),
      lengths: x.builder.constant(Tensor([8, 6, 5] as [Int32], shape: [3])), blank: blank)
  }
}

extension TorchFamily {
  /// `Fixtures/make_normalization.py`
  static let normalization = TorchFamily(
    "normalization",
    [
      "batch norm of rows": { BatchNorm(epsilon: 1e-3)($0) }, "batch norm 1d": { BatchNorm(epsilon: 1e-3)($0) },
      "batch norm 3d": { BatchNorm(epsilon: 1e-3)($0) },
      "group norm": { GroupNorm(groups: 3)($0) }, "group norm of volumes": { GroupNorm(groups: 2)($0) },
      "group norm of many channels": { GroupNorm(groups: 8)($0) },
      "instance norm": { InstanceNorm()($0) },
      "instance norm, affine": { InstanceNorm(affine: true, epsilon: 1e-3)($0) },
      "layer norm": { LayerNorm()($0) }, "layer norm of examples": { LayerNorm(over: .example)($0) },
      "response norm": { LocalResponseNorm(alpha: 0.3, alphaConvention: .mean)($0) },
      "response norm of an even window": {
        LocalResponseNorm(size: 4, alpha: 0.3, beta: 0.6, k: 1, alphaConvention: .mean)($0)
      },
      "response norm of sums": { LocalResponseNorm(size: 3, alpha: 0.1)($0) },
      "response norm within channels": {
        LocalResponseNorm(size: 3, alpha: 0.5, k: 1, over: .positions, alphaConvention: .mean)($0)
      },
      "weight norm": { x in WeightNorm { Dense(4).named("dense") }.forward(x) },
      "weight norm of a convolution": { x in WeightNorm { Conv2D(filters: 4, kernel: 3).named("conv") }.forward(x) },
      "squeeze and excitation": { SqueezeExcitation(reduction: 2)($0) },
      "bilinear": {
        let (a, b) = halves($0)
        return Bilinear(3)(a, b)
      },
      "rbf": { RBF(4)($0) },
      "ctc": ctc([1, 2, 2, 3, -1, -1, -1, -1, -1]),
      "ctc, the blank in the middle": ctc([0, 3, 3, 1, -1, -1, -1, -1, -1], blank: 2),
      "ctc, the blank last": ctc([0, 0, 1, 2, -1, -1, -1, -1, -1], blank: 3),
    ])
}
