import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.MaxUnpool: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (x, y) = (request.inputs[0].shape, request.outputShape)
    let pooled = positions(x)
    return Kernel(name: "c", inputLayouts: [.rowMajor(x), .rowMajor(x)], outputLayout: .rowMajor(y)) { memory in
      {
        fovea_max_unpool(
          Int64(x[0]), pooled, positions(y), Int64(x.channels), memory.inputs[0].floats, memory.inputs[1].integers,
          memory.output.floats)
      }
    }
  }
}

extension Op.MaxUnpoolGradient: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (g, x) = (request.inputs[0].shape, request.outputShape)
    let pooled = positions(x)
    return Kernel(name: "c", inputLayouts: [.rowMajor(g), .rowMajor(x)], outputLayout: .rowMajor(x)) { memory in
      {
        fovea_max_unpool_gradient(
          Int64(x[0]), pooled, positions(g), Int64(x.channels), memory.inputs[0].floats, memory.inputs[1].integers,
          memory.output.floats)
      }
    }
  }
}

/// The product of the spatial axes.
private func positions(_ shape: Shape) -> Int64 {
  Int64(shape.dimensions.dropFirst().dropLast().reduce(1, *))
}
