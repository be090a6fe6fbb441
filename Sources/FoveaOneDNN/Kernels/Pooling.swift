import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels
internal import COneDNN

extension Op.MaxPool: OneDNNKernel {
  func kernel(for request: KernelRequest) throws -> Kernel? {
    let x = request.inputs[0]
    if x.elementType == .bfloat16, x.layout.isRowMajor(x.shape),
      let pooling = try Pooling(window, input: x.shape, preferring: x.layout)
    {
      return Kernel(name: "c", inputLayouts: [pooling.inputLayout], outputLayout: pooling.outputLayout) { memory in
        { fovea_narrow_max_pool(pooling.value, memory.inputs[0], memory.output) }
      }
    }
    guard x.elementType == .float32 else { return try NarrowPooling(window, x, output: request.outputShape).kernel }
    guard let pooling = try Pooling(window, input: x.shape, preferring: x.layout) else { return nil }
    return Kernel(name: "c", inputLayouts: [pooling.inputLayout], outputLayout: pooling.outputLayout) { memory in
      { fovea_max_pool(pooling.value, memory.inputs[0].floats, memory.output.floats) }
    }
  }
}

extension Op.MaxPoolGradient: OneDNNKernel {
  func kernel(for request: KernelRequest) throws -> Kernel? {
    let (inputs, type, workers) = (request.inputs, request.outputType, fovea_threads())
    let isNarrow = (inputs.map(\.elementType) + [type]).contains(.bfloat16)
    let x = inputs[1]
    // Blocks of images hold floats.
    let layout = isNarrow && Blocks16.contains(x.layout) ? .rowMajor(x.shape) : x.layout
    guard let pooling = try Pooling(forward.window, input: x.shape, preferring: layout) else { return nil }
    return Kernel(
      name: "c",
      inputLayouts: [
        try pooling.outputLayout.holding(inputs[0].elementType, inputs[0].shape), pooling.inputLayout,
      ], outputLayout: try pooling.inputLayout.holding(type, request.outputShape),
      scratchBytes: isNarrow ? fovea_max_pool_gradient_scratch(pooling.value, workers) : 0
    ) { memory in
      let (gradient, input) = (memory.numbers(0, inputs[0]), memory.numbers(1, inputs[1]))
      let result = memory.result(type)
      return {
        fovea_max_pool_gradient(pooling.value, gradient, input, result, workers, memory.scratch?.floats)
      }
    }
  }
}

extension Op.AveragePool: OneDNNKernel {
  func kernel(for request: KernelRequest) throws -> Kernel? {
    if request.outputType != .float32 {
      guard isMeanOfInside(request.inputs[0].shape) else { return nil }
      return try NarrowPooling(
        window, request.inputs[0], output: request.outputShape, dnnl_pooling_avg_exclude_padding
      ).kernel
    }
    guard
      let pooling = try Pooling(
        window, input: request.inputs[0].shape, preferring: request.inputs[0].layout, divisor: divisor)
    else { return nil }
    return Kernel(name: "c", inputLayouts: [pooling.inputLayout], outputLayout: pooling.outputLayout) { memory in
      { fovea_average_pool(pooling.value, memory.inputs[0].floats, memory.output.floats) }
    }
  }
}

extension Op.AveragePoolGradient: OneDNNKernel {
  func kernel(for request: KernelRequest) throws -> Kernel? {
    // The gradient's layout says how the input lay: blocks do not depend on the spatial sizes.
    let upstream = request.inputs[0]
    let layout =
      Blocks16.contains(upstream.layout)
      ? upstream.layout : try ChannelLayout(upstream.shape, preferring: upstream.layout).resized(to: inputShape)
    guard
      let pooling = try Pooling(
        forward.window, input: inputShape, preferring: layout, divisor: forward.divisor)
    else { return nil }
    return Kernel(name: "c", inputLayouts: [pooling.outputLayout], outputLayout: pooling.inputLayout) { memory in
      { fovea_average_pool_gradient(pooling.value, memory.inputs[0].floats, memory.output.floats) }
    }
  }
}

extension Op.LpPool: OneDNNKernel {
  func kernel(for request: KernelRequest) throws -> Kernel? {
    guard
      let pooling = try Pooling(
        window, input: request.inputs[0].shape, preferring: request.inputs[0].layout, power: power)
    else { return nil }
    return Kernel(name: "c", inputLayouts: [pooling.inputLayout], outputLayout: pooling.outputLayout) { memory in
      { fovea_lp_pool(pooling.value, memory.inputs[0].floats, memory.output.floats) }
    }
  }
}

extension Op.LpPoolGradient: OneDNNKernel {
  func kernel(for request: KernelRequest) throws -> Kernel? {
    guard
      let pooling = try Pooling(
        forward.window, input: request.inputs[1].shape, preferring: request.inputs[1].layout, power: forward.power)
    else { return nil }
    return Kernel(
      name: "c", inputLayouts: [pooling.outputLayout, pooling.inputLayout, pooling.outputLayout],
      outputLayout: pooling.inputLayout
    ) { memory in
      let inputs = memory.inputs.map(\.floats)
      return { fovea_lp_pool_gradient(pooling.value, inputs[0], inputs[1], inputs[2], memory.output.floats) }
    }
  }
}

extension Op.MaxPoolSwitches: OneDNNKernel {
  func kernel(for request: KernelRequest) throws -> Kernel? {
    // Integers are never blocked.
    let x = request.inputs[0].shape
    guard let pooling = try Pooling(window, input: x, preferring: .rowMajor(x)) else { return nil }
    return Kernel(name: "c", inputLayouts: [pooling.inputLayout], outputLayout: pooling.outputLayout) { memory in
      { fovea_max_pool_switches(pooling.value, memory.inputs[0].floats, memory.output.integers) }
    }
  }
}

/// The geometry of a pooling in channel blocks or row-major; up to three spatial axes.
private struct Pooling: Sendable {
  let inputLayout, outputLayout: Layout
  let value: fovea_pooling

  init?(
    _ window: Window, input: Shape, preferring layout: Layout, divisor: Op.AveragePool.Divisor = .inside,
    power: Float = 1
  ) throws {
    guard window.rank <= 3 else { return nil }
    let lengths = Array(input.dimensions[1...window.rank])
    let output = try window.pooledShape(of: input)
    var value = fovea_pooling()
    if Blocks16.contains(layout), let source = Blocks16.layout(input), let target = Blocks16.layout(output) {
      // A block of 16 images is one image with 16 times the channels.
      (inputLayout, outputLayout) = (source, target)
      (value.images, value.blocks, value.width) = (Int64(input[0] / 16), 1, Int64(input.channels * 16))
    } else {
      let channels = ChannelLayout(input, preferring: layout)
      (inputLayout, outputLayout) = (channels.layout, try channels.resized(to: output))
      (value.images, value.blocks, value.width) = (Int64(input[0]), Int64(channels.blocks), Int64(channels.width))
    }
    switch divisor {
    case .inside: value.divisor = FOVEA_INSIDE
    case .padded: value.divisor = FOVEA_PADDED
    case .number(let number): (value.divisor, value.number) = (FOVEA_NUMBER, Int64(number))
    }
    value.power = power
    // Missing axes come first, with length 1.
    func spread(_ values: [Int], missing: Int) -> (Int64, Int64, Int64) {
      let all = [Int](repeating: missing, count: 3 - values.count) + values
      return (Int64(all[0]), Int64(all[1]), Int64(all[2]))
    }
    value.input = spread(lengths, missing: 1)
    value.output = spread(Array(output.dimensions[1...window.rank]), missing: 1)
    value.size = spread(window.size, missing: 1)
    value.stride = spread(window.strides, missing: 1)
    value.dilation = spread(window.dilations, missing: 1)
    let edges = lengths.indices.map { window.edges($0, length: lengths[$0]) }
    value.before = spread(edges.map(\.before), missing: 0)
    value.after = spread(edges.map(\.after), missing: 0)
    self.value = value
  }
}
