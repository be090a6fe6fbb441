import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension AssembleTiles: OneDNNFusedKernel {
  func kernel(for request: KernelRequest, _ epilogue: Epilogue) throws -> Kernel? {
    try kernel(for: request, epilogue, writing: .rowMajor(request.outputShape))
  }

  /// Writes images in row-major order, beside other channels or not, or in blocks of channels, one after the other or apart.
  private func kernel(for request: KernelRequest, _ epilogue: Epilogue, writing layout: Layout) throws -> Kernel? {
    let (x, shape, type) = (request.inputs[0], request.outputShape, request.outputType)
    guard x.shape.rank <= 8, x.elementType.isFloat, type.isFloat else { return nil }
    var tiles = fovea_tiles()
    let rank = shape.rank - 2
    let ones = [Int64](repeating: 1, count: 3 - rank)
    let (windows, size) = (x.shape.dimensions[1...rank], x.shape.dimensions[(rank + 1)...(2 * rank)])
    set(&tiles.windows, to: ones + windows.map(Int64.init))
    set(&tiles.size, to: ones + size.map(Int64.init))
    (tiles.images, tiles.channels) = (Int64(shape[0]), Int64(shape.channels))
    if case .strided(let strides) = layout, strides.isRowOfPositions(shape) {
      (tiles.width, tiles.step, tiles.image) = (tiles.channels, Int64(strides[rank]), Int64(strides[0]))
    } else if let blocks = ChannelLayout.blocks(of: layout, shape) {
      (tiles.width, tiles.step, tiles.image) = (Int64(blocks.width), Int64(blocks.width), Int64(blocks.image))
    } else {
      return nil
    }
    var kernel = Kernel(
      name: "c tiles", inputLayouts: request.inputs.map { .rowMajor($0.shape) }, outputLayout: layout
    ) { [tiles] memory in
      let (x, y) = (memory.numbers(0, x), memory.result(type))
      let activation = epilogue.activation?.c ?? FOVEA_IDENTITY
      let bias = epilogue.hasBias ? memory.inputs[1].floats : nil
      return { fovea_assemble_tiles(tiles, activation, x, bias, y) }
    }
    kernel.writing = { try self.kernel(for: request, epilogue, writing: $0) }
    return kernel
  }
}

extension [Int] {
  /// Whether an image with these strides is one row of positions, which lie equally far apart.
  fileprivate func isRowOfPositions(_ shape: Shape) -> Bool {
    self[count - 1] == 1 && (1..<(count - 2)).allSatisfy { self[$0] == self[$0 + 1] * shape[$0 + 1] }
  }
}

extension ElementType {
  fileprivate var isFloat: Bool { self == .float32 || self == .bfloat16 }
}

/// Sets a C array of three numbers, which Swift sees as a tuple.
private func set(_ array: inout (Int64, Int64, Int64), to numbers: [Int64]) {
  array = (numbers[0], numbers[1], numbers[2])
}
