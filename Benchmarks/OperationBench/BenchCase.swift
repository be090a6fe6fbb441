import FoveaCore
import FoveaGraph
import FoveaLayers
import FoveaTraining

/// One operation at one size.
struct BenchCase: Sendable {
  enum Direction: String, CaseIterable {
    case forward
    /// Forward, and the gradients of the input and of all parameters.
    case both
  }

  let name: String
  /// With the batch.
  let input: Shape
  var hasGradient = true
  let layer: @Sendable (Value) -> Value

  func graph(_ direction: Direction) throws -> Graph {
    let builder = GraphBuilder(isTraining: true)
    let x = builder.input("input", shape: input)
    let y = layer(x)
    guard direction == .both else {
      builder.output("output", y)
      return try builder.finish()
    }
    let parameters = builder.graph.parameters.filter(\.parameter.isTrainable).map { builder.value(of: $0.node) }
    let upstream = builder.input("upstream", shape: y.shape)
    for (index, gradient) in gradients(of: y, upstream: upstream, withRespectTo: [x] + parameters).enumerated() {
      if let gradient { builder.output("gradient \(index)", gradient) }
    }
    builder.output("output", y)
    return try builder.finish()
  }
}

extension BenchCase {
  /// Early and late in a ResNet.
  private static let image: Shape = [16, 56, 56, 64]
  private static let late: Shape = [16, 14, 14, 256]

  static let all: [BenchCase] = convolutions + pools + norms + activations + losses

  private static let convolutions: [BenchCase] = [
    .init(name: "conv3x3", input: image) { Conv2D(filters: 64, kernel: 3, padding: .same)($0) },
    .init(name: "conv1x1", input: late) { Conv2D(filters: 512, kernel: 1)($0) },
    .init(name: "depthwise", input: image) { DepthwiseConv2D(kernel: 3, padding: .same)($0) },
    .init(name: "depthwise-late", input: late) { DepthwiseConv2D(kernel: 5, padding: .same)($0) },
    .init(name: "transposed", input: late) { TransposedConv2D(filters: 128, kernel: 2, strides: 2)($0) },
    .init(name: "conv1d", input: [16, 400, 128]) { Conv1D(filters: 128, kernel: 7, padding: .same)($0) },
    .init(name: "conv3d", input: [2, 8, 28, 28, 32]) { Conv3D(filters: 32, kernel: 3, padding: .same)($0) },
    .init(name: "dense", input: [64, 2048]) { Dense(1000)($0) },
  ]

  private static let pools: [BenchCase] = [
    .init(name: "max-pool", input: [16, 112, 112, 64]) { MaxPool2D(3, strides: 2, padding: .explicit(1))($0) },
    .init(name: "average-pool", input: image) { AveragePool2D(2)($0) },
    .init(name: "global-average-pool", input: [16, 14, 14, 512]) { GlobalAveragePool2D()($0) },
    .init(name: "adaptive-average-pool", input: late) { AdaptiveAveragePool2D(6)($0) },
    .init(name: "unpool", input: image) {
      let (y, switches) = MaxPool2D(2).withSwitches($0)
      return MaxUnpool2D()(y, switches)
    },
    .init(name: "upsample-nearest", input: [16, 28, 28, 64]) { Upsample2D(2)($0) },
    .init(name: "upsample-bilinear", input: [16, 28, 28, 64]) { Upsample2D(2, interpolation: .linear)($0) },
    .init(name: "upsample-bicubic", input: [16, 28, 28, 64]) { Upsample2D(2, interpolation: .cubic)($0) },
    .init(name: "pixel-shuffle", input: [16, 28, 28, 256]) { PixelShuffle(2)($0) },
  ]

  private static let norms: [BenchCase] = [
    .init(name: "batch-norm", input: image) { BatchNorm()($0) },
    .init(name: "group-norm", input: image) { GroupNorm(groups: 32)($0) },
    .init(name: "instance-norm", input: image) { InstanceNorm(affine: true)($0) },
    .init(name: "layer-norm", input: [16, 49, 768]) { LayerNorm()($0) },
    .init(name: "response-norm", input: [16, 27, 27, 256]) { LocalResponseNorm()($0) },
    .init(name: "softmax", input: [256, 1000]) { Softmax()($0) },
    .init(name: "log-softmax", input: [256, 1000]) { LogSoftmax()($0) },
  ]

  private static let activations: [BenchCase] = [
    .init(name: "relu", input: image) { ReLU()($0) }, .init(name: "relu6", input: image) { ReLU6()($0) },
    .init(name: "leaky-relu", input: image) { LeakyReLU()($0) }, .init(name: "prelu", input: image) { PReLU()($0) },
    .init(name: "elu", input: image) { ELU()($0) }, .init(name: "gelu", input: image) { GELU()($0) },
    .init(name: "gelu-tanh", input: image) { GELU(.tanh)($0) }, .init(name: "silu", input: image) { SiLU()($0) },
    .init(name: "hard-swish", input: image) { HardSwish()($0) }, .init(name: "mish", input: image) { Mish()($0) },
    .init(name: "softplus", input: image) { Softplus()($0) }, .init(name: "tanh", input: image) { Tanh()($0) },
    .init(name: "sigmoid", input: image) { Sigmoid()($0) },
    .init(name: "residual-add-relu", input: image) { ($0 + 2 * $0).applying(Op.ReLU()) },
  ]

  private static let losses: [BenchCase] = [
    ofLabels("cross-entropy", [256, 1000], .crossEntropy),
    ofLabels("cross-entropy-smoothed", [256, 1000], .crossEntropy(smoothing: 0.1)),
    ofNumbers("binary-cross-entropy", .binaryCrossEntropy()), ofNumbers("mse", .meanSquaredError),
    ofNumbers("huber", .huber()), ofNumbers("dice", .dice()), ofNumbers("focal", .focal()),
    .init(name: "ctc", input: [16, 200, 29]) { x in
      Loss.ctc(
        x, labels: x.builder.constant(Tensor((0..<640).map { Int32(1 + $0 % 28) }, shape: [16, 40])),
        lengths: x.builder.constant(Tensor([Int32](repeating: 200, count: 16), shape: [16])))
    },
  ]

  private static func ofLabels(_ name: String, _ input: Shape, _ loss: Loss) -> BenchCase {
    .init(name: name, input: input) { loss($0, $0.builder.input("labels", shape: [input[0]], elementType: .int32)) }
  }

  private static func ofNumbers(_ name: String, _ loss: Loss) -> BenchCase {
    .init(name: name, input: image) { loss($0, $0.builder.input("target", shape: image)) }
  }
}
