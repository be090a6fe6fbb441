import FoveaLayers

/// A word of model lines: how it is written and what layer it makes. A new one is listed in `all` and nowhere else.
package struct PatternWord: Sendable {
  package let name: String
  package let aliases: [String]
  /// How it is written with its arguments, those that may be left out in parentheses.
  package let usage: String
  let make: @Sendable (inout PatternArguments) throws(PatternError) -> PatternLayer

  /// A whole line, for help and errors.
  package static let example = "input 28x28x1 - [[conv 32 3x3 - relu]*2 - pool]*2 - fc 128 - relu - fc 10"

  package static let all: [PatternWord] = [
    PatternWord(
      name: "conv", aliases: ["conv2d"], usage: "conv FILTERS (3x3) (/1) (same|valid|full) (dilation 1) (groups 1)"
    ) {
      arguments throws(PatternError) in
      let filters = try arguments.count("a number of filters")
      let window = try arguments.window(size: 3, strides: 1, padding: .same)
      let layer = Conv2D(
        filters: filters, kernel: window.size, strides: window.strides, dilation: window.dilation,
        groups: window.groups, padding: window.padding)
      return PatternLayer(word: "conv", text: "conv \(filters) \(window.text)", layer: layer)
    },
    PatternWord(name: "pool", aliases: ["maxpool"], usage: "pool (2x2) (/2) (valid|same|full)") {
      arguments throws(PatternError) in
      let window = try arguments.window(size: 2, strides: nil, padding: .valid)
      let layer = MaxPool2D(window.size, strides: window.strides, padding: window.padding)
      return PatternLayer(word: "pool", text: "pool \(window.text)", layer: layer)
    },
    PatternWord(name: "avgpool", aliases: ["averagepool"], usage: "avgpool (2x2) (/2) (valid|same|full)") {
      arguments throws(PatternError) in
      let window = try arguments.window(size: 2, strides: nil, padding: .valid)
      let layer = AveragePool2D(window.size, strides: window.strides, padding: window.padding)
      return PatternLayer(word: "avgpool", text: "avgpool \(window.text)", layer: layer)
    },
    PatternWord(name: "fc", aliases: ["dense", "linear"], usage: "fc UNITS") { arguments throws(PatternError) in
      let units = try arguments.count("a number of units")
      return PatternLayer(word: "fc", text: "fc \(units)", layer: Dense(units), takesRows: true)
    },
    PatternWord(name: "embedding", aliases: ["embed"], usage: "embedding COUNT SIZE") {
      arguments throws(PatternError) in
      let count = try arguments.count("a number of words")
      let size = try arguments.count("a size")
      return PatternLayer(
        word: "embedding", text: "embedding \(count) \(size)", layer: Embedding(count: count, size: size))
    },
    PatternWord(name: "onehot", aliases: [], usage: "onehot CLASSES") { arguments throws(PatternError) in
      let classes = try arguments.count("a number of classes")
      return PatternLayer(word: "onehot", text: "onehot \(classes)", layer: OneHot(classes: classes))
    },
    PatternWord(name: "dropout", aliases: [], usage: "dropout RATE") { arguments throws(PatternError) in
      let rate = try arguments.rate()
      return PatternLayer(word: "dropout", text: "dropout \(rate)", layer: Dropout(rate))
    },
    plain("bn", aliases: ["batchnorm"], BatchNorm()),
    plain("gap", aliases: ["globalaveragepool"], GlobalAveragePool2D()),
    plain("gmp", aliases: ["globalmaxpool"], GlobalMaxPool2D()),
    plain("flatten", Flatten()),
    plain("ln", aliases: ["layernorm"], LayerNorm()),
    plain("lrn", LocalResponseNorm()),
    plain("relu", ReLU()),
    plain("relu6", ReLU6()),
    plain("leakyrelu", aliases: ["leaky"], LeakyReLU()),
    plain("prelu", PReLU()),
    plain("elu", ELU()),
    plain("selu", SELU()),
    plain("gelu", GELU()),
    plain("silu", aliases: ["swish"], SiLU()),
    plain("hardswish", HardSwish()),
    plain("mish", Mish()),
    plain("softplus", Softplus()),
    plain("tanh", Tanh()),
    plain("sigmoid", Sigmoid()),
    plain("softmax", Softmax()),
  ]

  /// A word without arguments.
  private static func plain(_ name: String, aliases: [String] = [], _ layer: some Layer) -> PatternWord {
    PatternWord(name: name, aliases: aliases, usage: name) { _ throws(PatternError) in
      PatternLayer(word: name, text: name, layer: layer)
    }
  }
}
