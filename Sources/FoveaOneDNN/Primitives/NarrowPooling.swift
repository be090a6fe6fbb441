import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import COneDNN

/// Pooling of what is no `float32`, by oneDNN, as the input lies.
struct NarrowPooling {
  private let primitive: Primitive
  private let input, output: Shape
  private let type: ElementType

  /// - Parameter algorithm: that of maxima, or of means over what lies inside the input.
  init(
    _ window: Window, _ operand: KernelRequest.Operand, output: Shape,
    _ algorithm: dnnl_alg_kind_t = dnnl_pooling_max
  ) throws {
    let (input, type) = (operand.shape, operand.elementType)
    (self.input, self.output, self.type) = (input, output, type)
    let layout: Layout =
      if case .native = operand.layout, !Blocks16.contains(operand.layout) { operand.layout } else { .rowMajor(input) }
    let source = try MemoryDescriptor(input, layout, type: type)
    let target = try MemoryDescriptor(output, layout.isRowMajor(input) ? .rowMajor(output) : nil, type: type)
    let edges = (0..<window.rank).map { window.edges($0, length: input[$0 + 1]) }
    let before = edges.map { Int64($0.before) }
    // What the last window does not reach is not padding: oneDNN wants the sizes to agree exactly.
    let after = (0..<window.rank).map { axis in
      Int64((output[axis + 1] - 1) * window.strides[axis] + window.extent(axis) - input[axis + 1]) - before[axis]
    }
    var descriptor = dnnl_pooling_v2_desc_t()
    try withUnsafePointer(to: source) { source in
      try withUnsafePointer(to: target) { target in
        try OneDNN.check(
          dnnl_pooling_v2_forward_desc_init(
            &descriptor, dnnl_forward_inference, algorithm, source, target, window.strides.map(Int64.init),
            window.size.map(Int64.init), window.dilations.map { Int64($0 - 1) }, before, after), "pooling of \(type)")
      }
    }
    primitive = try Primitive(descriptor)
  }

  var kernel: Kernel {
    primitive.kernel(
      inputs: [(DNNL_ARG_SRC, input, .activations)], output: (DNNL_ARG_DST, output, .activations), type: type)
  }
}
