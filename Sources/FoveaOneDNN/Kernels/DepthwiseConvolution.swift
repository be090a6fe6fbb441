import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

/// A convolution of which every channel has kernels of its own, in C: for what oneDNN has no generated code for and would
/// run as one tiny matrix product for each channel. That is one or three axes, a multiplier, gaps on the way back.
struct DepthwiseConvolution: Sendable {
  private let value: fovea_depthwise
  private let input, weights, output: Shape

  /// `nil` if it is no depthwise convolution.
  init?(_ convolution: Op.Convolution, input: Shape, weights: Shape) {
    guard convolution.groups == input.channels, input.channels > 1,
      let window = fovea_window(convolution.window, input: input),
      let output = try? convolution.outputShape(for: [input, weights])
    else { return nil }
    value = fovea_depthwise(
      window: window, images: Int64(input[0]), channels: Int64(input.channels),
      multiplier: Int64(weights.channels / input.channels), blocked: false)
    (self.input, self.weights, self.output) = (input, weights, output)
  }

  /// Blocks of 16 channels if `layout` has them, row-major otherwise.
  private func layouts(
    preferring layout: Layout, of shape: Shape, keepsZero: Bool = true
  ) throws -> (value: fovea_depthwise, input: Layout, output: Layout) {
    let channels = ChannelLayout(shape, preferring: layout)
    guard case .native = channels.layout, channels.width == 16, value.multiplier == 1, keepsZero || !channels.isPadded
    else { return (value, .rowMajor(input), .rowMajor(output)) }
    var value = value
    value.blocked = true
    return (value, try channels.resized(to: input), try channels.resized(to: output))
  }

  private func kernel(
    _ value: fovea_depthwise, _ inputs: [Layout], _ output: Layout, overwritable: [Int] = [],
    _ body: @escaping @Sendable (Kernel.Memory, UnsafeMutablePointer<Float>) -> Void
  ) -> Kernel {
    Kernel(
      name: "c depthwise", inputLayouts: inputs, outputLayout: output, scratchBytes: fovea_depthwise_scratch(value),
      overwritableInputs: overwritable
    ) { memory in
      let scratch = memory.scratch!.floats
      return { body(memory, scratch) }
    }
  }

  func forward(_ request: KernelRequest, _ epilogue: Epilogue) throws -> Kernel {
    let (value, x, y) = try layouts(
      preferring: request.inputs[0].layout, of: input, keepsZero: epilogue.activation != .sigmoid)
    let (hasBias, hasResidual) = (epilogue.hasBias, epilogue.hasResidual)
    let activation = epilogue.activation?.c ?? FOVEA_IDENTITY
    let inputs = [x, .rowMajor(weights)] + (hasBias ? [.rowMajor([weights.channels])] : []) + (hasResidual ? [y] : [])
    return kernel(value, inputs, y, overwritable: hasResidual ? [inputs.count - 1] : []) { memory, scratch in
      fovea_depthwise_forward(
        value, memory.inputs[0].floats, memory.inputs[1].floats, hasBias ? memory.inputs[2].floats : nil,
        hasResidual ? memory.inputs.last!.floats : nil, activation, memory.output.floats, scratch)
    }
  }

  func inputGradient(_ request: KernelRequest) throws -> Kernel {
    let (value, x, y) = try layouts(preferring: request.inputs[0].layout, of: output)
    return kernel(value, [y, .rowMajor(weights)], x) { memory, scratch in
      fovea_depthwise_input_gradient(
        value, memory.inputs[0].floats, memory.inputs[1].floats, memory.output.floats, scratch)
    }
  }

  func weightsGradient(_ request: KernelRequest) throws -> Kernel {
    let (value, x, y) = try layouts(preferring: request.inputs[1].layout, of: input)
    return kernel(value, [y, x], .rowMajor(weights)) { memory, scratch in
      fovea_depthwise_weights_gradient(
        value, memory.inputs[0].floats, memory.inputs[1].floats, memory.output.floats, scratch)
    }
  }
}
