import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.Sum: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    channelSums(request) ?? blocked(FOVEA_SUM, over: axes, request) ?? reduction(FOVEA_SUM, over: axes, request)
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
    blocked(FOVEA_MEAN, over: axes, request) ?? reduction(FOVEA_MEAN, over: axes, request)
  }
}

extension Op.Maximum: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    blocked(FOVEA_LARGEST, over: axes, request) ?? reduction(FOVEA_LARGEST, over: axes, request)
  }
}

/// Global pooling of blocked images: each block of channels on its own.
private func blocked(_ kind: fovea_reduction, over axes: [Int], _ request: KernelRequest) -> Kernel? {
  let (shape, output) = (request.inputs[0].shape, request.outputShape)
  guard shape.rank > 2, axes.sorted() == Array(1..<(shape.rank - 1)) else { return nil }
  let x = ChannelLayout(shape, preferring: request.inputs[0].layout)
  guard case .native = x.layout, !x.isPadded else { return nil }
  let positions = shape.count / shape.channels / shape[0]
  return Kernel(name: "c", inputLayouts: [x.layout], outputLayout: .rowMajor(output)) { memory in
    {
      fovea_reduce(
        kind, Int64(shape[0] * x.blocks), Int64(positions), Int64(x.width), memory.inputs[0].floats,
        memory.output.floats)
    }
  }
}

extension Op.MaximumGradient: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (shape, reduced) = (request.inputs[1].shape, request.inputs[0].shape)
    guard let (outer, length, inner) = split(shape, at: forward.axes) else { return nil }
    return Kernel(
      name: "c", inputLayouts: [.rowMajor(reduced), .rowMajor(shape), .rowMajor(reduced)],
      outputLayout: .rowMajor(shape)
    ) { memory in
      let inputs = memory.inputs.map(\.floats)
      return { fovea_largest_gradient(outer, length, inner, inputs[0], inputs[1], inputs[2], memory.output.floats) }
    }
  }
}

/// A reduction over axes that follow one another.
private func reduction(_ kind: fovea_reduction, over axes: [Int], _ request: KernelRequest) -> Kernel? {
  let shape = request.inputs[0].shape
  guard let (outer, length, inner) = split(shape, at: axes) else { return nil }
  return Kernel(name: "c", inputLayouts: [.rowMajor(shape)], outputLayout: .rowMajor(request.outputShape)) { memory in
    { fovea_reduce(kind, outer, length, inner, memory.inputs[0].floats, memory.output.floats) }
  }
}

/// The elements before, along and after `axes`; `nil` if these do not follow one another.
private func split(_ shape: Shape, at axes: [Int]) -> (outer: Int64, length: Int64, inner: Int64)? {
  let axes = axes.sorted()
  guard let first = axes.first, axes == Array(first..<(first + axes.count)) else { return nil }
  func product(_ axes: Range<Int>) -> Int64 { Int64(shape.dimensions[axes].reduce(1, *)) }
  return (product(0..<first), product(first..<(first + axes.count)), product((first + axes.count)..<shape.rank))
}
