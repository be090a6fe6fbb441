import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import COneDNN

extension Mixed: OneDNNKernel {
  func kernel(for request: KernelRequest) throws -> Kernel? {
    if normalization != nil { return fillsTiles(request.inputs[1].shape) ? inAMX(request) : nil }
    if request.variant == .tiles { return try inTiles(request) }
    if request.variant == .amx { return inAMX(request) }
    let shapes = request.inputs.map(\.shape)
    let types = (input: ElementType.bfloat16, weights: ElementType.bfloat16, output: request.outputType)
    let result = (shape: request.outputShape, type: request.outputType)
    switch base {
    case let convolution as Op.Convolution:
      let primitive = try ConvolutionPrimitives(
        convolution, input: shapes[0], weights: shapes[1], isAlone: false, types: types
      ).forward(bias: epilogue.hasBias, epilogue)
      guard primitive.isGenerated else { return nil }
      var inputs: [(argument: Int32, shape: Shape, order: AxisOrder)] = [
        (DNNL_ARG_SRC, shapes[0], .activations), (DNNL_ARG_WEIGHTS, shapes[1], .weights(groups: convolution.groups)),
      ]
      if epilogue.hasBias { inputs.append((DNNL_ARG_BIAS, [result.shape.channels], .activations)) }
      return primitive.kernel(
        inputs: inputs, output: (DNNL_ARG_DST, result.shape, .activations), type: result.type,
        residual: epilogue.hasResidual ? result.shape : nil)
    case let gradient as Op.ConvolutionInputGradient:
      let primitive = try ConvolutionPrimitives(
        gradient.forward, input: gradient.inputShape, weights: shapes[1], isAlone: false,
        types: (result.type, .bfloat16, .bfloat16)
      ).inputGradient(forwardTypes: (.bfloat16, .bfloat16, .bfloat16))
      guard primitive.isGenerated else { return nil }
      return primitive.kernel(
        inputs: [
          (DNNL_ARG_DIFF_DST, shapes[0], .activations),
          (DNNL_ARG_WEIGHTS, shapes[1], .weights(groups: gradient.forward.groups)),
        ], output: (DNNL_ARG_DIFF_SRC, gradient.inputShape, .activations), type: result.type)
    case let gradient as Op.ConvolutionWeightsGradient:
      let primitive = try ConvolutionPrimitives(
        gradient.forward, input: shapes[1], weights: gradient.weightsShape, isAlone: false,
        types: (.bfloat16, result.type, .bfloat16)
      ).weightsGradient(forwardTypes: (.bfloat16, .bfloat16, .bfloat16))
      guard primitive.isGenerated else { return nil }
      return primitive.kernel(
        inputs: [(DNNL_ARG_DIFF_DST, shapes[0], .activations), (DNNL_ARG_SRC, shapes[1], .activations)],
        output: (DNNL_ARG_DIFF_WEIGHTS, gradient.weightsShape, .weights(groups: gradient.forward.groups)),
        type: result.type)
    case let product as Op.MatrixProduct:
      return try FewRowsProduct(product, request, epilogue)?.kernel(giving: result.shape)
        ?? product.primitive(request, epilogue)
    default: return nil
    }
  }
}

extension RoundToBFloat16: OneDNNKernel {
  func kernel(for request: KernelRequest) throws -> Kernel? {
    try Reorder.conversion(of: request.inputs[0], to: .bfloat16)
  }
}

extension WidenBFloat16: OneDNNKernel {
  func kernel(for request: KernelRequest) throws -> Kernel? {
    try Reorder.conversion(of: request.inputs[0], to: .float32)
  }
}
