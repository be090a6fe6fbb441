import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.BatchMoments: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let x = ChannelLayout(request.inputs[0].shape, preferring: request.inputs[0].layout)
    return Kernel(
      name: "c", inputLayouts: [x.layout], outputLayout: .rowMajor(request.outputShape),
      scratchBytes: fovea_moments_scratch(x.value)
    ) { memory in
      {
        fovea_batch_moments(x.value, memory.inputs[0].floats, memory.output.floats, memory.scratch!.floats)
      }
    }
  }
}

extension Op.BatchNormalize: OneDNNFusedKernel {
  func kernel(for request: KernelRequest, _ epilogue: Epilogue) -> Kernel? {
    let x = ChannelLayout(request.inputs[0].shape, preferring: request.inputs[0].layout)
    var layouts = [x.layout] + request.inputs[1...3].map { .rowMajor($0.shape) }
    if epilogue.hasResidual { layouts.append(x.layout) }
    let (epsilon, rectifies) = (epsilon, epilogue.activation == .relu)
    return Kernel(
      name: "c", inputLayouts: layouts, outputLayout: x.layout,
      overwritableInputs: epilogue.hasResidual ? [0, 4] : [0]
    ) { memory in
      let inputs = memory.inputs.map(\.floats)
      return {
        fovea_batch_normalize(
          x.value, epsilon, rectifies, inputs[0], inputs[1], inputs[2], inputs[3], inputs.count > 4 ? inputs[4] : nil,
          memory.output.floats)
      }
    }
  }
}

extension Op.BatchNormReductions: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let x = ChannelLayout(request.inputs[1].shape, preferring: request.inputs[1].layout)
    let epsilon = epsilon
    return Kernel(
      name: "c", inputLayouts: [x.layout, x.layout, .rowMajor(request.inputs[2].shape)],
      outputLayout: .rowMajor(request.outputShape), scratchBytes: fovea_moments_scratch(x.value)
    ) { memory in
      let inputs = memory.inputs.map(\.floats)
      return {
        fovea_batch_norm_reductions(
          x.value, epsilon, inputs[0], inputs[1], inputs[2], memory.output.floats, memory.scratch!.floats)
      }
    }
  }
}

extension Op.BatchNormInputGradient: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let x = ChannelLayout(request.inputs[1].shape, preferring: request.inputs[1].layout)
    let epsilon = epsilon
    return Kernel(
      name: "c", inputLayouts: [x.layout, x.layout] + request.inputs[2...4].map { .rowMajor($0.shape) },
      outputLayout: x.layout, overwritableInputs: [0, 1]
    ) { memory in
      let inputs = memory.inputs.map(\.floats)
      return {
        fovea_batch_norm_input_gradient(
          x.value, epsilon, inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], memory.output.floats)
      }
    }
  }
}
