import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.Sum: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    if let kernel = channelSums(request) { return kernel }
    guard request.inputs[0].elementType == .float32 else { return nil }
    return blocked(FOVEA_SUM, over: axes, request) ?? reduction(FOVEA_SUM, over: axes, request)
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
      let input = memory.numbers(0, request.inputs[0])
      return { fovea_channel_sums(x.value, input, memory.output.floats, memory.scratch!.floats) }
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
    let run = Run(of: shape, over: forward.axes)
    return Kernel(
      name: "c", inputLayouts: [.rowMajor(reduced), run.layout, .rowMajor(reduced)], outputLayout: run.layout
    ) { memory in
      let inputs = memory.inputs.map(\.floats)
      return {
        fovea_largest_gradient(
          run.outer, run.length, run.inner, inputs[0], inputs[1], inputs[2], memory.output.floats)
      }
    }
  }
}

private func reduction(_ kind: fovea_reduction, over axes: [Int], _ request: KernelRequest) -> Kernel {
  let run = Run(of: request.inputs[0].shape, over: axes)
  return Kernel(name: "c", inputLayouts: [run.layout], outputLayout: .rowMajor(request.outputShape)) { memory in
    { fovea_reduce(kind, run.outer, run.length, run.inner, memory.inputs[0].floats, memory.output.floats) }
  }
}

/// What is reduced as one run in memory: the elements before, along and after it.
private struct Run {
  /// Row-major where the axes follow one another; else the others come first, and these after them.
  let layout: Layout
  let outer, length, inner: Int64

  init(of shape: Shape, over axes: [Int]) {
    let axes = axes.sorted()
    func product(_ axes: some Sequence<Int>) -> Int64 { Int64(axes.reduce(1) { $0 * shape[$1] }) }
    length = product(axes)
    let first = axes.first ?? shape.rank
    if axes == Array(first..<(first + axes.count)) {
      layout = .rowMajor(shape)
      (outer, inner) = (product(0..<first), product((first + axes.count)..<shape.rank))
      return
    }
    let others = (0..<shape.rank).filter { !axes.contains($0) }
    (outer, inner) = (product(others), 1)
    var (strides, step) = ([Int](repeating: 0, count: shape.rank), 1)
    for axis in (others + axes).reversed() {
      strides[axis] = step
      step *= shape[axis]
    }
    layout = .strided(strides)
  }
}
