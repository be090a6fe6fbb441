import FoveaCore
import FoveaFormats

// Numbers that are known when a model is read: shapes, axes, bounds.

extension ONNXTensor {
  init(_ integers: [Int], shape: Shape? = nil) {
    self.init(shape: shape ?? [integers.count], type: .int64, content: .integers(integers))
  }

  init(_ floats: [Float], shape: Shape) {
    self.init(shape: shape, type: .float32, content: .floats(Tensor(floats, shape: shape)))
  }

  var isInteger: Bool { if case .integers = content { true } else { false } }

  /// Whether the numbers are here, not in another file.
  var isHere: Bool { if case .elsewhere = content { false } else { true } }

  /// Fractions are cut off.
  var integers: [Int] {
    switch content {
    case .integers(let integers): integers
    case .floats(let tensor):
      tensor.floats.map { $0.isNaN ? 0 : Int(exactly: max(min($0, 0x1p62), -0x1p62).rounded(.towardZero)) ?? 0 }
    case .elsewhere: []
    }
  }

  var floats: [Float] {
    switch content {
    case .integers(let integers): integers.map { Float($0) }
    case .floats(let tensor): tensor.floats
    case .elsewhere: []
    }
  }

  /// As a tensor of a graph: floats, or integers that fit into 32 bits.
  var tensor: Tensor? {
    switch content {
    case .floats(let tensor): return tensor
    case .integers(let integers):
      let narrow = integers.compactMap { Int32(exactly: $0) }
      return narrow.count == integers.count ? Tensor(narrow, shape: shape) : nil
    case .elsewhere: return nil
    }
  }

  /// The numbers at `indices`, under another shape.
  func picking(_ indices: [Int], shape: Shape) -> ONNXTensor {
    switch content {
    case .integers(let integers):
      return ONNXTensor(shape: shape, type: type, content: .integers(indices.map { integers[$0] }))
    case .floats(let tensor):
      let floats = tensor.floats
      return ONNXTensor(
        shape: shape, type: type, content: .floats(Tensor(indices.map { floats[$0] }, shape: shape)))
    case .elsewhere: return self
    }
  }

  func reshaped(to shape: Shape) -> ONNXTensor {
    var result = self
    result.shape = shape
    if case .floats(let tensor) = content { result.content = .floats(tensor.reshaped(to: shape)) }
    return result
  }
}
