import FoveaCore
import FoveaFormats
import FoveaGraph

/// What numbers mean that are floats here, whatever they are in the file.
enum NumberKind: Sendable {
  case real, whole
  /// 0 or 1.
  case truth

  init(_ type: ONNXType) { self = type.isFloatingPoint ? .real : type == .bool ? .truth : .whole }
}

/// A value of an ONNX graph, and how its axes lie in ours.
///
/// ONNX has images as N×C×spatial…, our kernels as N×spatial…×C. An image stays as the kernels have it until an operator
/// asks for ONNX's order, so that no transposes stand between convolutions, normalisations and activations.
struct LaidOut {
  var value: Value
  var isChannelsLast = false
  /// Of positions that max pooling found: the spatial sizes of what was pooled. They are numbers of positions in the
  /// spatial axes, where ONNX counts through the whole tensor.
  var pooledSizes: [Int]?
  /// Whether such positions shall count columns before rows when they leave the graph.
  var countsColumnsFirst = false
  /// What its numbers mean; `nil` for the same as those that it came from.
  var kind: NumberKind?

  init(_ value: Value, isChannelsLast: Bool = false) { (self.value, self.isChannelsLast) = (value, isChannelsLast) }

  /// With ONNX's order of axes.
  var shape: Shape {
    let sizes = value.shape.dimensions
    return isChannelsLast ? Shape([sizes[0], sizes[sizes.count - 1]] + sizes[1..<(sizes.count - 1)]) : value.shape
  }

  var rank: Int { value.rank }

  /// Where our value has the axis that ONNX calls `axis`.
  func place(of axis: Int) -> Int {
    guard isChannelsLast, axis > 0 else { return axis }
    return axis == 1 ? rank - 1 : axis - 1
  }

  /// N×C×spatial….
  var inOrder: Value {
    guard isChannelsLast else { return value }
    return isTrivial ? value.reshaped(to: shape) : value.applying(Op.Transpose([0, rank - 1] + (1..<(rank - 1))))
  }

  /// N×spatial…×C, of rank 3 or more.
  var channelsLast: Value {
    guard !isChannelsLast, rank >= 3 else { return value }
    let sizes = value.shape.dimensions
    let target = Shape([sizes[0]] + sizes[2...] + [sizes[1]])
    return isTrivial ? value.reshaped(to: target) : value.applying(Op.Transpose([0] + (2..<rank) + [1]))
  }

  /// Whether both orders are the same in memory: one channel, or one position.
  private var isTrivial: Bool {
    let sizes = shape.dimensions
    return sizes[1] == 1 || sizes.dropFirst(2).allSatisfy { $0 == 1 }
  }

  /// The same place and order with another value: what works on each number alone leaves axes where they are.
  func with(_ value: Value) -> LaidOut { LaidOut(value, isChannelsLast: isChannelsLast) }

  /// The same value with another meaning.
  func meaning(_ kind: NumberKind) -> LaidOut {
    var result = self
    result.kind = kind
    return result
  }
}
