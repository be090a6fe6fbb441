import FoveaCompiler
import FoveaCore

/// The layout in which an operation that looks at one element at a time runs: that of its first input that is blocked,
/// so that nothing is reordered; row-major otherwise.
struct ElementwiseLayout: Sendable {
  let layout: Layout
  /// The elements in memory, the filling of blocks included.
  let count: Int

  /// Row-major.
  init(_ shape: Shape) { (layout, count) = (.rowMajor(shape), shape.count) }

  var isNative: Bool { if case .native = layout { true } else { false } }

  /// - Parameter keepsZero: whether the operation gives 0 for 0, so that it may run over the filling of blocks.
  init(_ request: KernelRequest, keepsZero: Bool = true) {
    let shape = request.outputShape
    for input in request.inputs where input.shape == shape {
      if case .native(let native) = input.layout, keepsZero || native.byteCount == shape.count * 4 {
        (layout, count) = (input.layout, native.byteCount / 4)
        return
      }
    }
    (layout, count) = (.rowMajor(shape), shape.count)
  }

  /// The layout of an input as it lies, if it has strides; row-major otherwise.
  static func strided(_ operand: KernelRequest.Operand) -> Layout {
    if case .strided = operand.layout { operand.layout } else { .rowMajor(operand.shape) }
  }
}
