import FoveaLayers

// What several families are made of, called as in torchvision.

/// Where windows with a stride have their zeros: it decides what they see, and weights trained with one do badly with the
/// other.
public enum WindowPadding: String, Hashable, Sendable {
  /// PyTorch's: as many before as after.
  case symmetric
  /// TensorFlow's: as few as needed, an odd one below and right.
  case same
  /// Those of `same` for even sizes, whatever the size: Keras's MobileNet v1, and its others built for images of any size.
  /// The first convolution has those of `same`.
  case even

  /// Of a window that keeps height and width at stride 1.
  func around(_ kernel: Size2D, strides: Size2D = 1) -> Padding {
    switch self {
    case .symmetric: return .explicit(vertical: (kernel.height - 1) / 2, horizontal: (kernel.width - 1) / 2)
    case .even where strides != 1:
      return .edges(
        [kernel.height, kernel.width].map { Padding.Edges(before: max(0, ($0 - 1) / 2 - 1), after: ($0 - 1) / 2) })
    case .same, .even: return .same
    }
  }

  /// Of the first convolution.
  var first: WindowPadding { self == .even ? .same : self }
}

extension ModelOption {
  /// Chooses between paddings, the first where nothing is chosen.
  static func padding(_ words: WindowPadding...) -> ModelOption {
    ModelOption(
      "padding", "zeros as in PyTorch, or as in TensorFlow, below and right first", .choice(words.map(\.rawValue)))
  }
}

extension ModelOptions {
  var padding: WindowPadding { WindowPadding(rawValue: choice("padding")) ?? .symmetric }
}

/// A convolution without bias (`0`), batch normalisation (`1`), and a function: torchvision's `Conv2dNormActivation`.
struct ConvNorm: Model {
  var filters: Int
  var kernel: Size2D
  var strides: Size2D = 1
  /// Whether every channel is convolved on its own; there are as many filters as channels then.
  var isDepthwise = false
  var epsilon: Float = 1e-5
  var momentum: Float = 0.9
  var padding: WindowPadding = .symmetric
  var activation: Activation?

  init(
    _ filters: Int, kernel: Size2D, strides: Size2D = 1, isDepthwise: Bool = false, epsilon: Float = 1e-5,
    momentum: Float = 0.9, padding: WindowPadding = .symmetric, activation: Activation? = nil
  ) {
    (self.filters, self.kernel, self.strides, self.isDepthwise) = (filters, kernel, strides, isDepthwise)
    (self.epsilon, self.momentum, self.padding, self.activation) = (epsilon, momentum, padding, activation)
  }

  var body: Sequential {
    Conv2D(
      filters: filters, kernel: kernel, strides: strides, groups: isDepthwise ? filters : 1,
      padding: padding.around(kernel, strides: strides), bias: false,
      initializer: .varianceScaling(scale: 2, .out, .normal)
    ).named("0")
    BatchNorm(momentum: momentum, epsilon: epsilon).named("1")
    if let activation { ActivationLayer(activation) }
  }
}

/// A function of an activation as a layer between others.
struct ActivationLayer: Layer {
  var activation: Activation
  init(_ activation: Activation) { self.activation = activation }
  func forward(_ x: Value) -> Value { activation(x) }
}

/// Weighs the channels by what the whole image shows, through `units` in between: torchvision's `SqueezeExcitation`.
struct ChannelGate: Layer {
  var units: Int
  var activation: Activation
  var gate: Activation

  func forward(_ x: Value) -> Value {
    let means = x.mean(over: Array(1..<(x.rank - 1)))
    let squeezed = Dense(units, activation: activation, initializer: .heNormal).named("fc1")(means)
    let factors = Dense(x.channels, activation: gate, initializer: .heNormal).named("fc2")(squeezed)
    return x * factors.reshaped(to: Shape([x.shape[0]] + [Int](repeating: 1, count: x.rank - 2) + [x.channels]))
  }
}

/// The next multiple of 8 that is not more than a tenth below `channels`: Sandler et al. 2018, the authors' code.
func divisibleBy8(_ channels: Double) -> Int {
  let rounded = max(8, Int(channels + 4) / 8 * 8)
  return Double(rounded) < 0.9 * channels ? rounded + 8 : rounded
}

extension Layer {
  /// The layer under a name, whatever its type.
  func called(_ name: String) -> any Layer { named(name) }
}
