import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels
internal import COneDNN

extension Op.Concatenate: OneDNNKernel {
  /// Channels in whole blocks stay blocked, by oneDNN, which also copies what is narrow; everything else is copied row by
  /// row.
  func kernel(for request: KernelRequest) throws -> Kernel? {
    if let kernel = try blocked(request) { return kernel }
    guard var kernel = request.outputType.byteCount == 4 ? rowMajor(request) : try narrow(request) else { return nil }
    kernel.pieces = rows(request, kernel.inputLayouts)
    return kernel
  }

  /// The places of inputs in a row-major result: one after the other where no axis before this one repeats, else beside each
  /// other in each row; `nil` where they cannot be copied there one by one.
  private func rows(_ request: KernelRequest, _ inputs: [Layout]) -> [Kernel.Piece]? {
    let (shape, strides) = (request.outputShape, request.outputShape.rowMajorStrides)
    let isDense = shape.dimensions.prefix(axis).allSatisfy { $0 == 1 }
    var (place, pieces) = (0, [Kernel.Piece]())
    for (input, layout) in zip(request.inputs, inputs) {
      let offset = place * strides[axis] * request.outputType.byteCount
      place += input.shape[axis]
      if isDense {
        guard layout.isRowMajor(input.shape) else { return nil }
        pieces.append(.init(offset: offset, layout: layout))
      } else {
        let target = Layout.strided(strides)
        let copy = try? Reorder.kernel(input.shape, request.outputType, from: layout, to: target)
        guard let copy else { return nil }
        pieces.append(.init(offset: offset, layout: target, copy: copy))
      }
    }
    return pieces
  }

  /// Where most of it lies in blocks, and the rest can. Of bfloat16 a block is half of what a cache brings at once, and rows are
  /// better where as much lies in them.
  private func blocked(_ request: KernelRequest) throws -> Kernel? {
    let (shape, type) = (request.outputShape, request.outputType)
    guard axis == shape.rank - 1 else { return nil }
    let given = request.inputs.map { ChannelLayout($0.shape, preferring: $0.layout) }
    guard let first = given.first(where: \.isBlocked),
      given.allSatisfy({ $0.isBlocked ? $0.width == first.width : $0.shape.channels.isMultiple(of: first.width) }),
      !given.contains(where: \.isPadded),
      2 * given.filter(\.isBlocked).reduce(0, { $0 + $1.count }) >= shape.count + (type.byteCount < 4 ? 1 : 0)
    else { return nil }
    let parts = try given.map {
      $0.isBlocked ? $0 : ChannelLayout($0.shape, preferring: try first.resized(to: $0.shape, of: type))
    }
    var kernel = try primitive(request, inputs: parts.map(\.layout), output: try first.resized(to: shape, of: type))
    var (end, pieces) = (0, [Kernel.Piece]())
    for part in parts {
      let place = try part.within(shape, of: type)
      let copy = place == part.layout ? nil : try? Reorder.kernel(part.shape, type, from: part.layout, to: place)
      guard place == part.layout || copy != nil else { return kernel }
      pieces.append(.init(offset: end, layout: place, copy: copy))
      end += part.count / shape[0] * type.byteCount
    }
    kernel.pieces = pieces
    return kernel
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
