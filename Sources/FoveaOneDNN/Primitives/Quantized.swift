import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import COneDNN

extension Quantized: OneDNNKernel {
  /// In row-major order, which oneDNN's kernels for whole numbers like best; the weights as they like them.
  func kernel(for request: KernelRequest) throws -> Kernel? {
    guard OneDNNBackend.computesWholeNumbers else { return nil }
    let factor = input.scale / (output?.scale ?? 1)
    let rescaling = Rescaling(
      factors: weights.map { $0 * factor }, residualFactor: (residual?.scale ?? 1) / (output?.scale ?? 1),
      residualType: residual?.elementType ?? .float32)
    return switch base {
    case let convolution as Op.Convolution: try kernel(convolution, request, rescaling)
    case is Op.MatrixProduct: try matrixProduct(request, rescaling)
    default: nil
    }
  }

  private func kernel(
    _ convolution: Op.Convolution, _ request: KernelRequest, _ rescaling: Rescaling
  ) throws -> Kernel? {
    let shapes = request.inputs.map(\.shape)
    let primitive = try ConvolutionPrimitives(
      convolution, input: shapes[0], weights: shapes[1], isAlone: true,
      types: (input.elementType, .int8, request.outputType)
    ).forward(bias: epilogue.hasBias, epilogue, rescaling: rescaling)
    guard primitive.isGenerated else { return nil }
    var inputs: [(argument: Int32, shape: Shape, order: AxisOrder)] = [
      (DNNL_ARG_SRC, shapes[0], .activations), (DNNL_ARG_WEIGHTS, shapes[1], .weights(groups: convolution.groups)),
    ]
    if epilogue.hasBias { inputs.append((DNNL_ARG_BIAS, [request.outputShape.channels], .activations)) }
    return primitive.kernel(
      inputs: inputs, output: (DNNL_ARG_DST, request.outputShape, .activations), type: request.outputType,
      residual: epilogue.hasResidual ? request.outputShape : nil)
  }

  private func matrixProduct(_ request: KernelRequest, _ rescaling: Rescaling) throws -> Kernel? {
    let (a, b, shape) = (request.inputs[0].shape, request.inputs[1].shape, request.outputShape)
    let biasShape: Shape = [1, shape.channels]
    let x = try MemoryDescriptor(a, .rowMajor(a), order: .matrices, type: input.elementType)
    let w = try MemoryDescriptor(b, nil, order: .matrices, type: .int8)
    let bias = try MemoryDescriptor(biasShape, .rowMajor(biasShape), order: .matrices)
    let y = try MemoryDescriptor(shape, .rowMajor(shape), order: .matrices, type: request.outputType)
    var descriptor = dnnl_matmul_desc_t()
    try withUnsafePointer(to: x) { x in
      try withUnsafePointer(to: w) { w in
        try withUnsafePointer(to: bias) { bias in
          try withUnsafePointer(to: y) { y in
            try OneDNN.check(
              dnnl_matmul_desc_init(&descriptor, x, w, epilogue.hasBias ? bias : nil, y), "product of whole numbers")
          }
        }
      }
    }
    let primitive = try Primitive(descriptor, epilogue: epilogue, rescaling: rescaling)
    guard primitive.isGenerated else { return nil }
    var inputs: [(argument: Int32, shape: Shape, order: AxisOrder)] = [
      (DNNL_ARG_SRC, a, .matrices), (DNNL_ARG_WEIGHTS, b, .matrices),
    ]
    var layouts: [Layout] = [.rowMajor(a), primitive.memory(DNNL_ARG_WEIGHTS).layout(of: b, order: .matrices)]
    if epilogue.hasBias {
      inputs.append((DNNL_ARG_BIAS, biasShape, .matrices))
      layouts.append(.rowMajor([shape.channels]))
    }
    if epilogue.hasResidual { layouts.append(.rowMajor(shape)) }
    return primitive.kernel(
      inputs: inputs, output: (DNNL_ARG_DST, shape, .matrices), type: request.outputType,
      residual: epilogue.hasResidual ? shape : nil
    ).keeping(inputs: layouts, output: .rowMajor(shape))
  }
}
