import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.Sum: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    channelSums(request) ?? reduction(FOVEA_SUM, over: axes, request)
  }

  /// The sum over all axes but the channels, as for the gradient of a bias.
  private func channelSums(_ request: KernelRequest) -> Kernel? {
    let shape = request.inputs[0].shape
    guard shape.rank >= 2, axes.sorted() == Array(0..<(shape.rank - 1)) else { return nil }
    if Blocks16.contains(request.inputs[0].layout) { return channelSums16(request) }
    let x = ChannelLayout(shape, preferring: request.inputs[0].layout)
    return Kernel(
      name: "c", inputLayouts: [x.layout], outputLayout: .rowMajor(request.outputShape),
      scratchBytes: fovea_moments_scratch(x.value)
    ) { memory in
      {
        fovea_channel_sums(x.value, memory.inputs[0].floats, memory.output.floats, memory.scratch!.floats)
      }
    }
  }
}

extension Op.Sum {
  private func channelSums16(_ request: KernelRequest) -> Kernel {
    let shape = request.inputs[0].shape
    let (blocks, channels) = (shape[0] / 16, shape.channels)
    return Kernel(
      name: "c", inputLayouts: [request.inputs[0].layout], outputLayout: .rowMajor(request.outputShape),
      scratchBytes: blocks * channels * 4
    ) { memory in
      let positions = shape.count / shape[0] / channels
      return {
        fovea_channel_sums16(
          Int64(blocks), Int64(positions), Int64(channels), memory.inputs[0].floats, memory.output.floats,
          memory.scratch!.floats)
      }
    }
  }
}

extension Op.Mean: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    spatialMean(request) ?? reduction(FOVEA_MEAN, over: axes, request)
  }

  /// Global average pooling of blocked images: each block of channels on its own.
  private func spatialMean(_ request: KernelRequest) -> Kernel? {
    let (shape, output) = (request.inputs[0].shape, request.outputShape)
    guard shape.rank > 2, axes.sorted() == Array(1..<(shape.rank - 1)) else { return nil }
    let x = ChannelLayout(shape, preferring: request.inputs[0].layout)
    guard case .native = x.layout, !x.isPadded else { return nil }
    let positions = shape.count / shape.channels / shape[0]
    return Kernel(name: "c", inputLayouts: [x.layout], outputLayout: .rowMajor(output)) { memory in
      {
        fovea_reduce(
          FOVEA_MEAN, Int64(shape[0] * x.blocks), Int64(positions), Int64(x.width), memory.inputs[0].floats,
          memory.output.floats)
      }
    }
  }
}

extension Op.Maximum: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? { reduction(FOVEA_LARGEST, over: axes, request) }
}

/// A reduction over axes that follow one another.
private func reduction(_ kind: fovea_reduction, over axes: [Int], _ request: KernelRequest) -> Kernel? {
  let (shape, axes) = (request.inputs[0].shape, axes.sorted())
  guard let first = axes.first, axes == Array(first..<(first + axes.count)) else { return nil }
  let outer = shape.dimensions[..<first].reduce(1, *)
  let length = shape.dimensions[first..<(first + axes.count)].reduce(1, *)
  let inner = shape.dimensions[(first + axes.count)...].reduce(1, *)
  return Kernel(name: "c", inputLayouts: [.rowMajor(shape)], outputLayout: .rowMajor(request.outputShape)) { memory in
    {
      fovea_reduce(kind, Int64(outer), Int64(length), Int64(inner), memory.inputs[0].floats, memory.output.floats)
    }
  }
}
