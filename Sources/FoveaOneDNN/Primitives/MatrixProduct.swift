import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels
internal import COneDNN

extension Op.MatrixProduct: OneDNNFusedKernel {
  /// One product by oneDNN's `sgemm`, which packs the operands as it goes; its primitive reads a row-major matrix of
  /// weights at a tenth of the memory's speed. Several products, and weights in blocks, by the primitive; a few rows by our
  /// own.
  func kernel(for request: KernelRequest, _ epilogue: Epilogue) throws -> Kernel? {
    switch request.variant {
    case .usual where request.outputShape.rank == 2: single(request, epilogue)
    case .panels: FewRowsProduct(self, request, epilogue)?.kernel(giving: request.outputShape)
    default: try primitive(request, epilogue)
    }
  }

  /// Row-major memory with its axes exchanged is the transposed matrix.
  private func single(_ request: KernelRequest, _ epilogue: Epilogue) -> Kernel {
    func operand(_ operand: KernelRequest.Operand, _ transposes: Bool) -> (Layout, CChar, Int64) {
      let layout = Self.matrixLayout(operand)
      guard case .strided(let strides) = layout else { preconditionFailure() }
      // A row, or a column, of one number may have any stride.
      let liesTransposed = strides[1] != 1 && strides[0] == 1
      let step = max(liesTransposed ? strides[1] : strides[0], liesTransposed ? operand.shape[0] : operand.shape[1])
      return (layout, CChar(UInt8(ascii: liesTransposed != transposes ? "T" : "N")), Int64(step))
    }
    let (layoutA, modeA, stepA) = operand(request.inputs[0], transposesA)
    let (layoutB, modeB, stepB) = operand(request.inputs[1], transposesB)
    let (rows, columns) = (Int64(request.outputShape[0]), Int64(request.outputShape[1]))
    let length = Int64(request.inputs[0].shape[transposesA ? 0 : 1])
    let output = Layout.rowMajor(request.outputShape)
    let (hasBias, hasResidual) = (epilogue.hasBias, epilogue.hasResidual)
    let activation = epilogue.activation?.c ?? FOVEA_IDENTITY
    let layouts =
      [layoutA, layoutB] + (hasBias ? [.rowMajor([Int(columns)])] : []) + (hasResidual ? [output] : [])
    return Kernel(name: "onednn sgemm", inputLayouts: layouts, outputLayout: output) { memory in
      let (inputs, y) = (memory.inputs.map(\.floats), memory.output.floats)
      let (bias, residual) = (hasBias ? inputs[2] : nil, hasResidual ? inputs.last : nil)
      return {
        let status = dnnl_sgemm(
          modeA, modeB, rows, columns, length, 1, inputs[0], stepA, inputs[1], stepB, 0, y, columns)
        precondition(status == dnnl_success, "oneDNN could not multiply matrices: status \(status.rawValue)")
        if !epilogue.isEmpty { fovea_row_epilogue(rows, columns, bias, residual, activation, y) }
      }
    }
  }

  /// A transposed operand is the same memory with its strides exchanged. The leading axes are one.
  func primitive(_ request: KernelRequest, _ epilogue: Epilogue) throws -> Kernel? {
    let (a, b) = (request.inputs[0], request.inputs[1])
    let output = request.outputShape
    func operand(_ operand: KernelRequest.Operand, _ transposes: Bool) throws -> (Layout, MemoryDescriptor) {
      let layout = Self.matrixLayout(operand)
      guard case .strided(let strides) = layout else { preconditionFailure() }
      var (sizes, steps) = (Self.merged(operand.shape).dimensions, strides.suffix(2).map { $0 })
      if sizes.count > 2 { steps.insert(strides[strides.count - 3], at: 0) }
      if transposes {
        sizes.swapAt(sizes.count - 2, sizes.count - 1)
        steps.swapAt(steps.count - 2, steps.count - 1)
      }
      return (layout, try MemoryDescriptor(Shape(sizes), .strided(steps), order: .matrices, type: operand.elementType))
    }
    let (layoutA, descriptorA) = try operand(a, transposesA)
    var (layoutB, descriptorB) = try operand(b, transposesB)
    if request.variant == .packed {
      descriptorB = try MemoryDescriptor(Shape(descriptorB.sizes), nil, order: .matrices)
    }
    let merged = Self.merged(output)
    let target = try MemoryDescriptor(merged, .rowMajor(merged), order: .matrices, type: request.outputType)
    let biasShape = Shape(merged.dimensions.dropLast().map { _ in 1 } + [output.channels])
    let bias = try MemoryDescriptor(biasShape, .rowMajor(biasShape), order: .matrices)

    var descriptor = dnnl_matmul_desc_t()
    try withUnsafePointer(to: descriptorA) { a in
      try withUnsafePointer(to: descriptorB) { b in
        try withUnsafePointer(to: bias) { bias in
          try withUnsafePointer(to: target) { y in
            try OneDNN.check(
              dnnl_matmul_desc_init(&descriptor, a, b, epilogue.hasBias ? bias : nil, y), "matrix product")
          }
        }
      }
    }
    let primitive = try Primitive(descriptor, epilogue: epilogue)
    // Plain loops would be slower than float32.
    if a.elementType != .float32, primitive.implementation.hasPrefix("ref") { return nil }
    var inputs: [(argument: Int32, shape: Shape, order: AxisOrder)] = [
      (DNNL_ARG_SRC, Self.merged(a.shape), .matrices), (DNNL_ARG_WEIGHTS, Self.merged(b.shape), .matrices),
    ]
    if request.variant == .packed {
      layoutB = primitive.memory(DNNL_ARG_WEIGHTS).layout(of: Self.merged(b.shape), order: .matrices)
      guard case .native = layoutB else { return nil }  // the usual way
    }
    var layouts = [layoutA, layoutB]
    if epilogue.hasBias {
      inputs.append((DNNL_ARG_BIAS, biasShape, .matrices))
      layouts.append(.rowMajor([output.channels]))
    }
    let kernel = primitive.kernel(
      inputs: inputs, output: (DNNL_ARG_DST, merged, .matrices), type: request.outputType,
      residual: epilogue.hasResidual ? merged : nil)
    if epilogue.hasResidual { layouts.append(.rowMajor(output)) }
    return kernel.keeping(inputs: layouts, output: .rowMajor(output))
  }

  /// Weights that are the same on every run may lie in panels, or, for many rows, in blocks, one matrix only.
  func variants(for request: KernelRequest) -> [KernelVariant] {
    let b = request.inputs[1]
    if FewRowsProduct(self, request, .none) != nil { return [.usual, .panels] }
    return b.isStatic && b.shape.rank == 2 && !transposesB ? [.usual, .packed] : [.usual]
  }

  /// The leading axes as one.
  private static func merged(_ shape: Shape) -> Shape {
    guard shape.rank > 2 else { return shape }
    return [shape.dimensions.dropLast(2).reduce(1, *), shape[shape.rank - 2], shape.channels]
  }

  /// Matrices as they lie, if one of their axes is contiguous, the other does not overlap, and the leading axes follow
  /// one another evenly; else row-major.
  private static func matrixLayout(_ operand: KernelRequest.Operand) -> Layout {
    let (shape, rank) = (operand.shape, operand.shape.rank)
    guard case .strided(let strides) = operand.layout else { return .rowMajor(shape) }
    let (rows, columns) = (shape[rank - 2], shape[rank - 1])
    let isMatrix =
      (strides[rank - 1] == 1 && strides[rank - 2] >= columns) || (strides[rank - 2] == 1 && strides[rank - 1] >= rows)
    let isEven = (0..<max(rank - 3, 0)).allSatisfy { strides[$0] == strides[$0 + 1] * shape[$0 + 1] }
    return isMatrix && isEven ? operand.layout : .rowMajor(shape)
  }
}
