import FoveaCore
internal import Glibc

extension UsualCause {
  /// What one program may have applied before its result was written, and the other not.
  static let functions: [(name: String, function: @Sendable (Tensor) -> Tensor)] = [
    ("ReLU", { each($0) { max($0, 0) } }),
    ("ReLU6", { each($0) { min(max($0, 0), 6) } }),
    ("sigmoid", { each($0) { 1 / (1 + exp(-$0)) } }),
    ("tanh", { each($0) { tanh($0) } }),
    ("SiLU", { each($0) { $0 / (1 + exp(-$0)) } }),
    ("softmax", { softmax($0) }),
    ("logarithm of the softmax", { softmax($0, isLogarithm: true) }),
  ]

  private static func each(_ tensor: Tensor, _ function: (Float) -> Float) -> Tensor {
    Tensor(tensor.floats.map(function), shape: tensor.shape)
  }

  /// Over the channels.
  private static func softmax(_ tensor: Tensor, isLogarithm: Bool = false) -> Tensor {
    var numbers = tensor.floats
    let channels = tensor.shape.dimensions.last ?? 1
    for start in stride(from: 0, to: numbers.count, by: max(channels, 1)) {
      let row = start..<(start + channels)
      let largest = numbers[row].max()!
      for index in row { numbers[index] -= largest }
      let sum = numbers[row].reduce(0) { $0 + exp($1) }
      for index in row { numbers[index] = isLogarithm ? numbers[index] - log(sum) : exp(numbers[index]) / sum }
    }
    return Tensor(numbers, shape: tensor.shape)
  }
}
