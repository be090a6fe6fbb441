import FoveaLayers

extension TorchFamily {
  /// `Fixtures/make_activations.py`
  static let activations = TorchFamily(
    "activations",
    [
      "relu": { ReLU()($0) }, "relu6": { ReLU6()($0) }, "hard tanh": { HardTanh(-0.5, 1.5)($0) },
      "leaky relu": { LeakyReLU(slope: 0.2)($0) }, "prelu": { PReLU()($0) },
      "rrelu, in inference": { RandomizedLeakyReLU()($0) },
      "elu": { ELU(alpha: 1.3)($0) }, "celu": { CELU(alpha: 0.7)($0) }, "selu": { SELU()($0) },
      "gelu": { GELU()($0) }, "gelu by tanh": { GELU(.tanh)($0) }, "silu": { SiLU()($0) },
      "swish": { Swish(beta: 1.5)($0) }, "hard swish": { HardSwish()($0) }, "mish": { Mish()($0) },
      "tanh": { Tanh()($0) }, "scaled tanh": { ScaledTanh()($0) }, "sigmoid": { Sigmoid()($0) },
      "hard sigmoid": { HardSigmoid()($0) }, "log sigmoid": { LogSigmoid()($0) }, "softplus": { Softplus()($0) },
      "softplus of large numbers": { Softplus()($0) }, "softsign": { Softsign()($0) },
      "softmax": { Softmax(beta: 2)($0) }, "log softmax": { LogSoftmax()($0) }, "maxout": { Maxout(pieces: 3)($0) },
      "gelu of large numbers": { GELU()($0) }, "silu of large numbers": { SiLU()($0) },
    ])
}
