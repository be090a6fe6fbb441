import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import COneDNN

extension Op.Softmax: OneDNNKernel {
  func kernel(for request: KernelRequest) throws -> Kernel? { try softmax(dnnl_softmax_accurate, request) }
}

extension Op.LogSoftmax: OneDNNKernel {
  func kernel(for request: KernelRequest) throws -> Kernel? { try softmax(dnnl_softmax_log, request) }
}

/// Along the last axis of row-major memory, seen as a matrix.
private func softmax(_ algorithm: dnnl_alg_kind_t, _ request: KernelRequest) throws -> Kernel? {
  let shape = request.outputShape
  if shape.channels == 1 { return ofOneClass(algorithm == dnnl_softmax_log ? 0 : 1, request) }
  let matrix: Shape = [shape.count / shape.channels, shape.channels]
  let memory = try MemoryDescriptor(matrix, .rowMajor(matrix))
  var descriptor = dnnl_softmax_v2_desc_t()
  try withUnsafePointer(to: memory) {
    try OneDNN.check(
      dnnl_softmax_v2_forward_desc_init(&descriptor, dnnl_forward_inference, algorithm, $0, $0, 1), "softmax")
  }
  return try Primitive(descriptor).kernel(
    inputs: [(DNNL_ARG_SRC, matrix, .activations)], output: (DNNL_ARG_DST, matrix, .activations), overwritable: [0]
  ).keeping(inputs: [.rowMajor(shape)], output: .rowMajor(shape))
}

/// With a single class oneDNN's logarithm is not exactly 0. What is not finite gives no number here as there.
private func ofOneClass(_ result: Float, _ request: KernelRequest) -> Kernel {
  let (shape, count) = (request.outputShape, request.outputShape.count)
  return Kernel(
    name: "swift", inputLayouts: [.rowMajor(shape)], outputLayout: .rowMajor(shape), overwritableInputs: [0]
  ) { memory in
    let (x, y) = (memory.inputs[0].floats, memory.output.floats)
    return { for i in 0..<count { y[i] = x[i] - x[i] + result } }
  }
}
