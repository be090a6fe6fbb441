import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import COneDNN

extension Op.MatrixProduct: OneDNNFusedKernel {
  /// A transposed operand is the same memory with its strides exchanged. The leading axes are one.
  func kernel(for request: KernelRequest, _ epilogue: Epilogue) throws -> Kernel? {
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
      return (layout, try MemoryDescriptor(Shape(sizes), .strided(steps), order: .matrices))
    }
    let (layoutA, descriptorA) = try operand(a, transposesA)
    let (layoutB, descriptorB) = try operand(b, transposesB)
    let merged = Self.merged(output)
    let target = try MemoryDescriptor(merged, .rowMajor(merged), order: .matrices)
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
    var inputs: [(argument: Int32, shape: Shape, order: AxisOrder)] = [
      (DNNL_ARG_SRC, Self.merged(a.shape), .matrices), (DNNL_ARG_WEIGHTS, Self.merged(b.shape), .matrices),
    ]
    var layouts = [layoutA, layoutB]
    if epilogue.hasBias {
      inputs.append((DNNL_ARG_BIAS, biasShape, .matrices))
      layouts.append(.rowMajor([output.channels]))
    }
    let kernel = primitive.kernel(
      inputs: inputs, output: (DNNL_ARG_DST, merged, .matrices), residual: epilogue.hasResidual ? merged : nil)
    if epilogue.hasResidual { layouts.append(.rowMajor(output)) }
    return kernel.keeping(inputs: layouts, output: .rowMajor(output))
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
