import FoveaCompiler
import FoveaCore
import FoveaGraph

extension Op.Slice: OneDNNKernel {
  /// Whole blocks of channels of images that lie in blocks, which stay so. Other slices are seen where they lie.
  func kernel(for request: KernelRequest) throws -> Kernel? {
    let (x, shape, type) = (request.inputs[0], request.outputShape, request.outputType)
    let blocks = ChannelLayout(x.shape, preferring: x.layout)
    guard blocks.isBlocked, !blocks.isPadded, shape.dimensions.dropLast() == x.shape.dimensions.dropLast(),
      start[shape.rank - 1].isMultiple(of: blocks.width), shape.channels.isMultiple(of: blocks.width)
    else { return nil }
    let target = try blocks.resized(to: shape, of: type)
    let part = ChannelLayout(shape, preferring: target)
    guard let copy = try Reorder.kernel(shape, type, from: try part.within(x.shape, of: type), to: target) else {
      return nil
    }
    let offset = start[shape.rank - 1] * (part.count / shape[0] / shape.channels) * type.byteCount
    return Kernel(
      name: copy.name, inputLayouts: [x.layout], outputLayout: target, scratchBytes: copy.scratchBytes
    ) { memory in
      try copy.prepare(.init(inputs: [memory.inputs[0] + offset], output: memory.output, scratch: memory.scratch))
    }
  }
}
