/// What layers compute that are put together from several operations, in letters.
enum LayerFormula {
  /// By the layer's type. A layer of one operation needs none: its step says it.
  static let ofKind: [String: String] = [
    "LeakyReLU": "y = max(x, 0) + slope · min(x, 0)",
    "PReLU": "y = max(x, 0) + slope · min(x, 0), the slope of each channel learned",
    "RandomizedLeakyReLU": "y = max(x, 0) + slope · min(x, 0), slope the mean of those drawn in training",
    "ELU": "y = max(x, 0) + α · (e^min(x, 0) − 1)",
    "CELU": "y = max(x, 0) + α · (e^(min(x, 0) / α) − 1)",
    "SELU": "y = λ · (max(x, 0) + α · (e^min(x, 0) − 1)), λ = 1.0507, α = 1.67326",
    "GELU": "y = x · Φ(x), Φ the distribution function of the normal distribution",
    "SiLU": "y = x · sigmoid(x)",
    "Swish": "y = x · sigmoid(β · x)",
    "HardSwish": "y = x · min(max(x + 3, 0), 6) / 6",
    "Mish": "y = x · tanh(log(1 + e^x))",
    "ScaledTanh": "y = 1.7159 · tanh(2/3 · x)",
    "HardSigmoid": "y = min(max(x + 3, 0), 6) / 6",
    "LogSigmoid": "y = −log(1 + e^(−x))",
    "Softsign": "y = x / (1 + |x|)",
    "Softmax": "y[c] = e^(β · x[c]) / Σ e^(β · x[j])",
    "Maxout": "y[c] = the largest of the channels of its piece",
    "LocalResponseNorm": "y = x · (k + α · Σ x[j]²)^−β, j the neighbours",
    "RBF": "y[u] = Σ (x[i] − centre[u, i])²",
    "SqueezeExcitation": "y = x · g, g what two small dense layers make of the mean of each channel",
  ]
}
