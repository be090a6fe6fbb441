import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels
internal import COneDNN

extension Op.Concatenate: OneDNNKernel {
  /// Channels in whole blocks stay blocked, by oneDNN, which also copies what is narrow; everything else is copied row by
  /// row.
  func kernel(for request: KernelRequest) throws -> Kernel? {
    let plain = request.outputType.byteCount == 4 ? rowMajor(request) : try narrow(request)
    guard var kernel = try blocked(request) ?? plain else { return nil }
    // One after the other where no axis before this one repeats, which blocks of channels of one image do not either.
    if request.outputShape.dimensions.prefix(isBlocked(kernel) ? 1 : axis).allSatisfy({ $0 == 1 }),
      zip(request.inputs, kernel.inputLayouts).allSatisfy({ isBlocked(kernel) || $1.isRowMajor($0.shape) })
    {
      var end = 0
      kernel.inputOffsets = zip(request.inputs, kernel.inputLayouts).map { input, layout in
        defer { end += layout.byteCount(input.shape, input.elementType) }
        return end
      }
    }
    return kernel
  }

  private func isBlocked(_ kernel: Kernel) -> Bool { if case .native = kernel.outputLayout { true } else { false } }

  private func blocked(_ request: KernelRequest) throws -> Kernel? {
    guard axis == request.outputShape.rank - 1 else { return nil }
    let layouts = request.inputs.map { ChannelLayout($0.shape, preferring: $0.layout) }
    let isBlocked = layouts.allSatisfy {
      if case .native = $0.layout { !$0.isPadded && $0.width == layouts[0].width } else { false }
    }
    guard isBlocked else { return nil }
    let target = try layouts[0].resized(to: request.outputShape, of: request.outputType)
    return try primitive(request, inputs: request.inputs.map(\.layout), output: target)
  }

  private func narrow(_ request: KernelRequest) throws -> Kernel? {
    try primitive(request, inputs: request.inputs.map { .rowMajor($0.shape) }, output: .rowMajor(request.outputShape))
  }

  private func primitive(_ request: KernelRequest, inputs: [Layout], output: Layout) throws -> Kernel {
    let (type, rank) = (request.outputType, request.outputShape.rank)
    let sources = try zip(request.inputs, inputs).map { try MemoryDescriptor($0.shape, $1, type: type) }
    let destination = try MemoryDescriptor(request.outputShape, output, type: type)
    // oneDNN has the channels before the positions.
    let place = rank == 2 || axis == 0 ? axis : axis == rank - 1 ? 1 : axis + 1
    let primitive = try Primitive("concatenation") { descriptor, attributes in
      withUnsafePointer(to: destination) {
        dnnl_concat_primitive_desc_create(
          descriptor, $0, Int32(sources.count), Int32(place), sources, attributes, OneDNN.engine)
      }
    }
    return primitive.kernel(
      inputs: request.inputs.enumerated().map { (DNNL_ARG_MULTIPLE_SRC + Int32($0), $1.shape, .activations) },
      output: (DNNL_ARG_DST, request.outputShape, .activations), type: type
    ).keeping(inputs: inputs, output: output)
  }

  private func rowMajor(_ request: KernelRequest) -> Kernel? {
    let strides = request.outputShape.rowMajorStrides
    var offset = 0
    var copies: [(space: StridedSpace, offset: Int)] = []
    let layouts = request.inputs.map { ElementwiseLayout.strided($0) }
    for (input, layout) in zip(request.inputs, layouts) {
      guard case .strided(let source) = layout else { return nil }
      copies.append((StridedSpace(input.shape, [source, strides]), offset))
      offset += input.shape[axis] * strides[axis]
    }
    guard copies.allSatisfy(\.space.fits) else { return nil }
    return Kernel(name: "c concatenate", inputLayouts: layouts, outputLayout: .rowMajor(request.outputShape)) {
      [copies] memory in
      let spaces = copies.map { ($0.space.value, $0.offset) }
      return {
        for (input, (space, offset)) in zip(memory.inputs, spaces) {
          fovea_copy_strided(space, input.words, memory.output.words + offset)
        }
      }
    }
  }
}
