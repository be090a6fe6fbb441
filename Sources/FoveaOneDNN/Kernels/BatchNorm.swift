import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

// What has as many numbers as the input may be bfloat16, each by itself; moments and sums are `float32`.

extension Op.BatchMoments: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let x = ChannelLayout(request.inputs[0].shape, preferring: request.inputs[0].layout)
    return Kernel(
      name: "c", inputLayouts: [x.layout], outputLayout: .rowMajor(request.outputShape),
      scratchBytes: fovea_moments_scratch(x.value)
    ) { memory in
      let input = memory.numbers(0, request.inputs[0])
      return { fovea_batch_moments(x.value, input, memory.output.floats, memory.scratch!.floats) }
    }
  }
}

extension Op.BatchNormalize: OneDNNFusedKernel {
  func kernel(for request: KernelRequest, _ epilogue: Epilogue) throws -> Kernel? {
    let (inputs, type) = (request.inputs, request.outputType)
    let x = ChannelLayout(inputs[0].shape, preferring: inputs[0].layout)
    var layouts = [x.layout] + inputs[1...3].map { .rowMajor($0.shape) }
    if epilogue.hasResidual { layouts.append(try x.layout(of: inputs[4].elementType)) }
    let (epsilon, rectifies) = (epsilon, epilogue.activation == .relu)
    return Kernel(
      name: "c", inputLayouts: layouts, outputLayout: try x.layout(of: type),
      overwritableInputs: (epilogue.hasResidual ? [0, 4] : [0]).filter { inputs[$0].elementType == type }
    ) { memory in
      let floats = memory.inputs.map(\.floats)
      let (input, result) = (memory.numbers(0, inputs[0]), memory.result(type))
      let residual = epilogue.hasResidual ? memory.numbers(4, inputs[4]) : fovea_numbers()
      return {
        fovea_batch_normalize(
          x.value, epsilon, rectifies, input, floats[1], floats[2], floats[3], residual, result)
      }
    }
  }
}

extension Op.BatchNormReductions: OneDNNKernel {
  func kernel(for request: KernelRequest) throws -> Kernel? {
    let inputs = request.inputs
    let x = ChannelLayout(inputs[1].shape, preferring: inputs[1].layout)
    let (epsilon, isRectified) = (epsilon, isRectified)
    let layouts = [try x.layout(of: inputs[0].elementType), x.layout] + inputs[2...].map { .rowMajor($0.shape) }
    return Kernel(
      name: "c", inputLayouts: layouts,
      outputLayout: .rowMajor(request.outputShape), scratchBytes: fovea_moments_scratch(x.value)
    ) { memory in
      let (gradient, input) = (memory.numbers(0, inputs[0]), memory.numbers(1, inputs[1]))
      let floats = memory.inputs.map(\.floats)
      let (scale, bias) = isRectified ? (floats[3], floats[4]) : (nil, nil)
      return {
        fovea_batch_norm_reductions(
          x.value, epsilon, gradient, input, floats[2], scale, bias, memory.output.floats, memory.scratch!.floats)
      }
    }
  }
}

extension Op.BatchNormInputGradient: OneDNNKernel {
  func kernel(for request: KernelRequest) throws -> Kernel? {
    let (inputs, type) = (request.inputs, request.outputType)
    let x = ChannelLayout(inputs[1].shape, preferring: inputs[1].layout)
    let (epsilon, isRectified) = (epsilon, isRectified)
    let layouts = [try x.layout(of: inputs[0].elementType), x.layout] + inputs[2...].map { .rowMajor($0.shape) }
    return Kernel(
      name: "c", inputLayouts: layouts, outputLayout: try x.layout(of: type),
      overwritableInputs: [0, 1].filter { inputs[$0].elementType == type }
    ) { memory in
      let (gradient, input) = (memory.numbers(0, inputs[0]), memory.numbers(1, inputs[1]))
      let (floats, result) = (memory.inputs.map(\.floats), memory.result(type))
      return {
        fovea_batch_norm_input_gradient(
          x.value, epsilon, gradient, input, floats[2], floats[3], floats[4], isRectified ? floats[5] : nil, result)
      }
    }
  }
}
