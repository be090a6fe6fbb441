import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import COneDNN

extension Op.Tanh: OneDNNKernel {
  func kernel(for request: KernelRequest) throws -> Kernel? { try eltwise(dnnl_eltwise_tanh, request) }
}

extension Op.Sigmoid: OneDNNKernel {
  func kernel(for request: KernelRequest) throws -> Kernel? { try eltwise(dnnl_eltwise_logistic, request) }
}

/// A function that oneDNN applies to every element, in whatever layout the input has; it keeps filling at zero.
private func eltwise(_ algorithm: dnnl_alg_kind_t, _ request: KernelRequest) throws -> Kernel? {
  let x = request.inputs[0]
  let layout = ElementwiseLayout(request).layout
  let memory = try MemoryDescriptor(x.shape, layout)
  var descriptor = dnnl_eltwise_desc_t()
  try withUnsafePointer(to: memory) {
    try OneDNN.check(
      dnnl_eltwise_forward_desc_init(&descriptor, dnnl_forward_training, algorithm, $0, 0, 0), "eltwise")
  }
  return try Primitive(descriptor).kernel(
    inputs: [(DNNL_ARG_SRC, x.shape, .activations)], output: (DNNL_ARG_DST, x.shape, .activations), overwritable: [0]
  ).keeping(inputs: [layout], output: layout)
}
