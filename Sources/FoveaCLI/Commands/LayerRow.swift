import FoveaZoo

/// A layer as `fovea layers` lists it.
struct LayerRow: Encodable {
  let layer: String
  /// Its word in model lines, where it has one.
  let word: String?
  let summary: String

  init(_ layer: String, word: String? = nil, _ summary: String) {
    (self.layer, self.word, self.summary) = (layer, word, summary)
  }

  private enum Keys: String, CodingKey { case layer, line, summary }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Keys.self)
    try values.encode(layer, forKey: .layer)
    try values.encode(line, forKey: .line)
    try values.encode(summary, forKey: .summary)
  }

  /// How it is written in a model line.
  var line: String? { word.flatMap { word in PatternWord.all.first { $0.name == word }?.usage } }
}

extension LayerRow {
  /// Every layer, by what it is for; a test compares it with the sources.
  static let catalogue: [(topic: String, rows: [LayerRow])] = [
    (
      "Convolution",
      [
        LayerRow("Conv2D", word: "conv", "slides filters over an image"),
        LayerRow("DepthwiseConv2D", "slides filters over each channel on its own"),
        LayerRow("SeparableConv2D", "a depthwise convolution, and a 1×1 one that mixes the channels"),
        LayerRow("TransposedConv2D", "spreads a kernel over a larger output for every number"),
        LayerRow("LocallyConnected2D", "a convolution with filters of its own at every position"),
      ]
    ),
    (
      "Fully connected",
      [
        LayerRow("Dense", word: "fc", "connects every number to every unit"),
        LayerRow("Bilinear", "linear in each of two inputs; called in forward"),
        LayerRow("Embedding", word: "embedding", "a row of trained numbers for each number of a word or class"),
        LayerRow("RBF", "squared distances to learned centres, LeNet-5's output"),
        LayerRow("SqueezeExcitation", "weighs channels by what the whole image shows"),
      ]
    ),
    (
      "Pooling and resampling",
      [
        LayerRow("MaxPool2D", word: "pool", "the largest value under a sliding window"),
        LayerRow("MinPool2D", "the smallest value under a sliding window"),
        LayerRow("AveragePool2D", word: "avgpool", "the mean of the values under a sliding window"),
        LayerRow("SumPool2D", "the sum of the values under a sliding window"),
        LayerRow("LpPool2D", "the p-norm of the values under a sliding window"),
        LayerRow("GlobalMaxPool2D", word: "gmp", "the largest value of each channel"),
        LayerRow("GlobalMinPool2D", "the smallest value of each channel"),
        LayerRow("GlobalAveragePool2D", word: "gap", "the mean of each channel"),
        LayerRow("GlobalSumPool2D", "the sum of each channel"),
        LayerRow("GlobalLpPool2D", "the p-norm of each channel"),
        LayerRow("AdaptiveAveragePool2D", "means under windows that divide the image into so many"),
        LayerRow("AdaptiveMaxPool2D", "the largest value under such windows"),
        LayerRow("AdaptiveMinPool2D", "the smallest value under such windows"),
        LayerRow("AdaptiveSumPool2D", "the sum under such windows"),
        LayerRow("AdaptiveLpPool2D", "the p-norm under such windows"),
        LayerRow("MaxUnpool2D", "puts pooled values back to where the largest ones were"),
        LayerRow("Upsample2D", "stretches an image: nearest, bilinear or bicubic"),
        LayerRow("PixelShuffle", "groups of channels to squares of pixels"),
        LayerRow("PixelUnshuffle", "squares of pixels to groups of channels"),
      ]
    ),
    (
      "Normalisation",
      [
        LayerRow("BatchNorm", word: "bn", "gives each channel the mean and deviation that it learns"),
        LayerRow("Dropout", word: "dropout", "in training, sets numbers to zero at random"),
        LayerRow("GroupNorm", "mean 0 and variance 1 for groups of channels of each example"),
        LayerRow("InstanceNorm", "likewise for each channel of each example"),
        LayerRow("LayerNorm", word: "ln", "likewise for the channels at each position, or a whole example"),
        LayerRow("LocalResponseNorm", word: "lrn", "divides by the strength of neighbouring channels or positions"),
        LayerRow("WeightNorm", "layers whose weights are a direction and a length"),
        LayerRow("SpatialDropout", "in training, sets whole channels to zero at random"),
        LayerRow("StochasticDepth", "in training, sets whole examples to zero at random, in a residual's body"),
        LayerRow("DropConnect", "in training, sets weights of layers to zero at random"),
      ]
    ),
    (
      "Activation",
      [
        LayerRow("ReLU", word: "relu", "max(x, 0)"),
        LayerRow("ReLU6", word: "relu6", "min(max(x, 0), 6)"),
        LayerRow("HardTanh", "x between two bounds"),
        LayerRow("LeakyReLU", word: "leakyrelu", "x above 0, a small part of it below"),
        LayerRow("PReLU", word: "prelu", "likewise, the part learned for each channel"),
        LayerRow("RandomizedLeakyReLU", "likewise, the part drawn at random in training"),
        LayerRow("ELU", word: "elu", "x above 0, α (eˣ − 1) below"),
        LayerRow("CELU", "likewise, without a kink"),
        LayerRow("SELU", word: "selu", "an ELU that keeps mean 0 and variance 1"),
        LayerRow("GELU", word: "gelu", "x times the normal distribution function of x, exact or by tanh"),
        LayerRow("SiLU", word: "silu", "x · sigmoid(x)"),
        LayerRow("Swish", "x · sigmoid(βx)"),
        LayerRow("HardSwish", word: "hardswish", "a swish of straight lines"),
        LayerRow("Mish", word: "mish", "x · tanh(softplus(x))"),
        LayerRow("Tanh", word: "tanh", "the hyperbolic tangent"),
        LayerRow("ScaledTanh", "LeNet-5's 1.7159 · tanh(2x / 3)"),
        LayerRow("Sigmoid", word: "sigmoid", "1 / (1 + e⁻ˣ)"),
        LayerRow("HardSigmoid", "a sigmoid of straight lines"),
        LayerRow("LogSigmoid", "the logarithm of the sigmoid"),
        LayerRow("Softplus", word: "softplus", "log(1 + eˣ)"),
        LayerRow("Softsign", "x / (1 + |x|)"),
        LayerRow("Softmax", word: "softmax", "scores to probabilities; left to the loss at the end of a model line"),
        LayerRow("LogSoftmax", "scores to logarithms of probabilities"),
        LayerRow("Maxout", "the largest of every few neighbouring channels"),
      ]
    ),
    (
      "Arrangement",
      [
        LayerRow("Flatten", word: "flatten", "an image to a row of numbers; comes by itself before the first fc"),
        LayerRow("Reshape", "the same numbers under another shape"),
        LayerRow("Permute", "the axes in another order"),
        LayerRow("Pad", "a border of one value"),
        LayerRow("ZeroPadding2D", "a border of zeros around an image"),
        LayerRow("Crop", "leaves out a border"),
        LayerRow("Crop2D", "leaves out a border around an image"),
        LayerRow("Gather", "chosen positions along an axis"),
        LayerRow("Flip", "mirrors along some axes"),
        LayerRow("Repeat", "the example so many times along each axis"),
        LayerRow("RepeatVector", "a row of numbers so many times, as a sequence"),
        LayerRow("OneHot", word: "onehot", "labels to rows of zeros with a one"),
      ]
    ),
    (
      "Composition",
      [
        LayerRow("Sequential", "layers one after another"),
        LayerRow("Residual", "adds what goes around some layers to what comes out of them"),
        LayerRow("Concatenate", "puts the channels of several branches side by side"),
        LayerRow("AuxiliaryHead", "scores what comes from the middle of a model too while it is trained"),
        LayerRow("Add", "the sum of several branches"),
        LayerRow("Multiply", "the product of several branches"),
      ]
    ),
  ]
}
