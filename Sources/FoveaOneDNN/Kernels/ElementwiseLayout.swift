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
    let isMixed = (request.inputs.map(\.elementType) + [request.outputType]).contains(.bfloat16)
    for input in request.inputs where input.shape == shape {
      guard case .native(let native) = input.layout, !(isMixed && Blocks16.contains(input.layout)) else { continue }
      let count = native.byteCount / input.elementType.byteCount
      if keepsZero || count == shape.count {
        (layout, self.count) = (input.layout, count)
        return
      }
    }
    (layout, count) = (.rowMajor(shape), shape.count)
  }

  /// The same arrangement of numbers of another type.
  func layout(of type: ElementType, _ shape: Shape) throws -> Layout { try layout.holding(type, shape) }

  /// The layout of an input as it lies, if it has strides; row-major otherwise.
  static func strided(_ operand: KernelRequest.Operand) -> Layout {
    if case .strided = operand.layout { operand.layout } else { .rowMajor(operand.shape) }
  }
}
