import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.Lookup: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (table, indices) = (request.inputs[0].shape, request.inputs[1].shape)
    return Kernel(
      name: "c", inputLayouts: [.rowMajor(table), .rowMajor(indices)], outputLayout: .rowMajor(request.outputShape)
    ) { memory in
      {
        fovea_lookup(
          Int64(indices.count), Int64(table[0]), Int64(table[1]), memory.inputs[0].floats,
          memory.inputs[1].integers, memory.output.floats)
      }
    }
  }
}

extension Op.LookupGradient: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (g, indices, table) = (request.inputs[0].shape, request.inputs[1].shape, request.outputShape)
    return Kernel(name: "c", inputLayouts: [.rowMajor(g), .rowMajor(indices)], outputLayout: .rowMajor(table)) {
      memory in
      {
        fovea_lookup_gradient(
          Int64(indices.count), Int64(table[0]), Int64(table[1]), memory.inputs[0].floats,
          memory.inputs[1].integers, memory.output.floats)
      }
    }
  }
}
