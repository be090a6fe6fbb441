import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import COneDNN

extension Op.MatrixProduct: OneDNNFusedKernel {
  /// A transposed operand is the same memory with its strides exchanged.
  func kernel(for request: KernelRequest, _ epilogue: Epilogue) throws -> Kernel? {
    let (a, b) = (request.inputs[0], request.inputs[1])
    let output = request.outputShape
    func operand(_ operand: KernelRequest.Operand, _ transposes: Bool) throws -> (Layout, MemoryDescriptor) {
      let layout = Self.matrixLayout(operand)
      guard case .strided(let strides) = layout else { preconditionFailure() }
      let shape = transposes ? Shape(operand.shape.dimensions.reversed()) : operand.shape
      return (layout, try MemoryDescriptor(shape, .strided(transposes ? strides.reversed() : strides)))
    }
    let (layoutA, descriptorA) = try operand(a, transposesA)
    let (layoutB, descriptorB) = try operand(b, transposesB)
    let target = try MemoryDescriptor(output, .rowMajor(output))
    let bias = try MemoryDescriptor([1, output.channels], .rowMajor([1, output.channels]))

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
      (DNNL_ARG_SRC, a.shape, .activations), (DNNL_ARG_WEIGHTS, b.shape, .activations),
    ]
    var layouts = [layoutA, layoutB]
    if epilogue.hasBias {
      inputs.append((DNNL_ARG_BIAS, [1, output.channels], .activations))
      layouts.append(.rowMajor([output.channels]))
    }
    let kernel = primitive.kernel(
      inputs: inputs, output: (DNNL_ARG_DST, output, .activations), residual: epilogue.hasResidual ? output : nil)
    if epilogue.hasResidual { layouts.append(.rowMajor(output)) }
    return kernel.keeping(inputs: layouts, output: .rowMajor(output))
  }

  /// A matrix as it lies, if one of its axes is contiguous and the other does not overlap; else row-major.
  private static func matrixLayout(_ operand: KernelRequest.Operand) -> Layout {
    guard case .strided(let strides) = operand.layout else { return .rowMajor(operand.shape) }
    let isUsable =
      (strides[1] == 1 && strides[0] >= operand.shape[1]) || (strides[0] == 1 && strides[1] >= operand.shape[0])
    return isUsable ? operand.layout : .rowMajor(operand.shape)
  }
}
