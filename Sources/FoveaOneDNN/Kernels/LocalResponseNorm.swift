import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.LocalResponseNorm: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (layout, response) = (Layout.rowMajor(request.outputShape), response(over: request.outputShape))
    return Kernel(
      name: "c", inputLayouts: [layout], outputLayout: layout, scratchBytes: fovea_response_scratch(response),
      overwritableInputs: [0]
    ) { memory in
      {
        fovea_response_norm(response, memory.inputs[0].floats, memory.output.floats, memory.scratch!.floats)
      }
    }
  }

  fileprivate func response(over shape: Shape) -> fovea_response {
    fovea_response(
      rows: Int64(shape.count / shape.channels), channels: Int64(shape.channels), size: Int64(size), alpha: alpha,
      beta: beta, k: k)
  }
}

extension Op.LocalResponseNormGradient: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (layout, response) = (Layout.rowMajor(request.outputShape), forward.response(over: request.outputShape))
    return Kernel(
      name: "c", inputLayouts: [layout, layout], outputLayout: layout,
      scratchBytes: fovea_response_scratch(response), overwritableInputs: [0, 1]
    ) { memory in
      let inputs = memory.inputs.map(\.floats)
      return {
        fovea_response_norm_gradient(
          response, inputs[0], inputs[1], memory.output.floats, memory.scratch!.floats)
      }
    }
  }
}
