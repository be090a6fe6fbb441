import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

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
