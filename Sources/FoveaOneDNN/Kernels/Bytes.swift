import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels
internal import COneDNN

extension Quantize: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (shape, range) = (request.outputShape, range)
    return Kernel(name: "c", inputLayouts: [.rowMajor(shape)], outputLayout: .rowMajor(shape)) { memory in
      { fovea_quantize(Int64(shape.count), range.scale, range.isSigned, memory.inputs[0].floats, memory.output) }
    }
  }
}

extension Dequantize: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (shape, range) = (request.outputShape, range)
    return Kernel(name: "c", inputLayouts: [.rowMajor(shape)], outputLayout: .rowMajor(shape)) { memory in
      { fovea_dequantize(Int64(shape.count), range.scale, range.isSigned, memory.inputs[0], memory.output.floats) }
    }
  }
}

extension QuantizeWeights: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (shape, scales) = (request.outputShape, scales)
    let (rows, columns) = (Int64(shape.count / max(scales.count, 1)), Int64(scales.count))
    return Kernel(name: "c", inputLayouts: [.rowMajor(shape)], outputLayout: .rowMajor(shape)) { memory in
      let y = memory.output.assumingMemoryBound(to: Int8.self)
      return { fovea_quantize_weights(rows, columns, scales, memory.inputs[0].floats, y) }
    }
  }
}

/// Max pooling of bytes, by oneDNN, in row-major order.
struct BytePooling {
  private let primitive: Primitive
  private let input, output: Shape
  private let type: ElementType

  init(_ window: Window, input: Shape, output: Shape, type: ElementType) throws {
    (self.input, self.output, self.type) = (input, output, type)
    let source = try MemoryDescriptor(input, .rowMajor(input), type: type)
    let target = try MemoryDescriptor(output, .rowMajor(output), type: type)
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
            &descriptor, dnnl_forward_inference, dnnl_pooling_max, source, target, window.strides.map(Int64.init),
            window.size.map(Int64.init), window.dilations.map { Int64($0 - 1) }, before, after), "pooling of bytes")
      }
    }
    primitive = try Primitive(descriptor)
  }

  var kernel: Kernel {
    primitive.kernel(
      inputs: [(DNNL_ARG_SRC, input, .activations)], output: (DNNL_ARG_DST, output, .activations), type: type)
  }
}
