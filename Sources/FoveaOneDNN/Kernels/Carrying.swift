import FoveaCompiler
import FoveaGraph

extension Carrying: OneDNNKernel {
  /// That of the base, whose kernel looks at the types.
  func kernel(for request: KernelRequest) throws -> Kernel? {
    var inner = KernelRequest(
      operation: base, inputs: request.inputs, outputShape: request.outputShape, outputType: request.outputType,
      isOutput: request.isOutput)
    inner.variant = request.variant
    return try OneDNNBackend().kernel(for: inner)
  }
}
