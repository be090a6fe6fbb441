import FoveaCompiler
import FoveaGraph
internal import CFoveaKernels

extension Op.OneHot: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (labels, classes) = (request.inputs[0].shape, Int64(classes))
    return Kernel(name: "c", inputLayouts: [.rowMajor(labels)], outputLayout: .rowMajor(request.outputShape)) {
      memory in
      { fovea_one_hot(Int64(labels.count), classes, memory.inputs[0].integers, memory.output.floats) }
    }
  }
}
