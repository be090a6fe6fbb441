import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.CrossEntropy: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (logits, labels) = (request.inputs[0].shape, request.inputs[1].shape)
    return Kernel(name: "c", inputLayouts: [.rowMajor(logits), .rowMajor(labels)], outputLayout: .rowMajor(labels)) {
      memory in
      {
        fovea_cross_entropy(
          Int64(labels.count), Int64(logits.channels), memory.inputs[0].floats, memory.inputs[1].integers,
          memory.output.floats)
      }
    }
  }
}

extension Op.CrossEntropyGradient: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (logits, labels) = (request.inputs[1].shape, request.inputs[2].shape)
    return Kernel(
      name: "c", inputLayouts: [.rowMajor(labels), .rowMajor(logits), .rowMajor(labels)],
      outputLayout: .rowMajor(logits)
    ) { memory in
      {
        fovea_cross_entropy_gradient(
          Int64(labels.count), Int64(logits.channels), memory.inputs[0].floats, memory.inputs[1].floats,
          memory.inputs[2].integers, memory.output.floats)
      }
    }
  }
}
