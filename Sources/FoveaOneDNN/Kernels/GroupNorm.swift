import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.GroupNorm: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let x = ChannelLayout(request.inputs[0].shape, preferring: request.inputs[0].layout)
    let (groups, epsilon, vector) = (Int64(groups), epsilon, Layout.rowMajor(request.inputs[1].shape))
    return Kernel(
      name: "c", inputLayouts: [x.layout, vector, vector], outputLayout: x.layout,
      scratchBytes: fovea_group_norm_scratch(x.examples, groups), overwritableInputs: [0]
    ) { memory in
      let inputs = memory.inputs.map(\.floats)
      return {
        fovea_group_norm(
          x.examples, groups, epsilon, inputs[0], inputs[1], inputs[2], memory.output.floats, memory.scratch!.floats)
      }
    }
  }
}

extension Op.GroupNormReductions: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let x = ChannelLayout(request.inputs[1].shape, preferring: request.inputs[1].layout)
    let (groups, epsilon) = (Int64(forward.groups), forward.epsilon)
    return Kernel(
      name: "c", inputLayouts: [x.layout, x.layout], outputLayout: .rowMajor(request.outputShape),
      scratchBytes: fovea_group_norm_reductions_scratch(x.examples, groups)
    ) { memory in
      let inputs = memory.inputs.map(\.floats)
      return {
        fovea_group_norm_reductions(
          x.examples, groups, epsilon, inputs[0], inputs[1], memory.output.floats, memory.scratch!.floats)
      }
    }
  }
}

extension Op.GroupNormInputGradient: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let x = ChannelLayout(request.inputs[1].shape, preferring: request.inputs[1].layout)
    let (groups, epsilon) = (Int64(forward.groups), forward.epsilon)
    return Kernel(
      name: "c", inputLayouts: [x.layout, x.layout, .rowMajor(request.inputs[2].shape)], outputLayout: x.layout,
      scratchBytes: fovea_group_norm_scratch(x.examples, groups), overwritableInputs: [0, 1]
    ) { memory in
      let inputs = memory.inputs.map(\.floats)
      return {
        fovea_group_norm_input_gradient(
          x.examples, groups, epsilon, inputs[0], inputs[1], inputs[2], memory.output.floats,
          memory.scratch!.floats)
      }
    }
  }
}
