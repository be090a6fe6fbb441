import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import COneDNN

extension Op.Convolution: OneDNNFusedKernel {
  func kernel(for request: KernelRequest, _ epilogue: Epilogue) throws -> Kernel? {
    let shapes = request.inputs.map(\.shape)
    let isUsual = request.variant == .usual
    if request.variant.isInTiles {
      return try WinogradConvolution(
        self, input: request.inputs[0], weights: shapes[1], output: request.outputShape,
        hasFewTiles: request.variant == .fewTiles)?.kernel(epilogue)
    }
    if request.variant == .rows {
      return try RowConvolution(self, input: shapes[0], weights: shapes[1], output: request.outputShape)?
        .kernel(epilogue)
    }
    if isUsual, let kernel = Convolution16(self, input: shapes[0], weights: shapes[1])?.forward(epilogue) {
      return kernel
    }
    let primitive = try ConvolutionPrimitives(
      self, input: shapes[0], weights: shapes[1],
      isAlone: request.variant == .rowMajor || (isUsual && request.isAmongRowMajor(activations: 1))
    ).forward(
      bias: epilogue.hasBias, epilogue,
      request.variant == .winograd ? dnnl_convolution_winograd : dnnl_convolution_direct
    )
    if !primitive.isGenerated, isUsual, let depthwise = DepthwiseConvolution(self, input: shapes[0], weights: shapes[1])
    {
      return try depthwise.forward(request, epilogue)
    }
    var inputs: [(argument: Int32, shape: Shape, order: AxisOrder)] = [
      (DNNL_ARG_SRC, shapes[0], .activations), (DNNL_ARG_WEIGHTS, shapes[1], .weights(groups: groups)),
    ]
    if epilogue.hasBias { inputs.append((DNNL_ARG_BIAS, [request.outputShape.channels], .activations)) }
    return primitive.kernel(
      inputs: inputs, output: (DNNL_ARG_DST, request.outputShape, .activations),
      residual: epilogue.hasResidual ? request.outputShape : nil)
  }

  /// Weights that are the same on every run may lie in any way; others are brought into it each time.
  func variants(for request: KernelRequest) -> [KernelVariant] {
    let tiles = WinogradConvolution.variants(self, for: request)
    guard request.inputs[1].isStatic else { return [.usual] + tiles }
    return [.usual, .rowMajor] + (tiledWindow == 3 ? [.winograd] : []) + tiles
      + (suitsRows(request.inputs[0].shape) ? [.rows] : [])
  }

  func expectedVariant(for request: KernelRequest) -> KernelVariant {
    WinogradConvolution.isWorthwhile(self, weights: request.inputs[1].shape, request.outputShape) ? .tiles : .usual
  }
}

extension Op.ConvolutionInputGradient: OneDNNKernel {
  func variants(for request: KernelRequest) -> [KernelVariant] {
    forward.tiledWindow == nil ? [.usual] : [.usual, .tiles]
  }

  func expectedVariant(for request: KernelRequest) -> KernelVariant {
    WinogradConvolution.isWorthwhile(forward, weights: request.inputs[1].shape, inputShape) ? .tiles : .usual
  }

  func kernel(for request: KernelRequest) throws -> Kernel? {
    let shapes = request.inputs.map(\.shape)
    if request.variant == .tiles {
      return try WinogradConvolution(
        forward, input: request.inputs[0], weights: shapes[1], output: inputShape, isTurned: true)?.kernel()
    }
    if let kernel = Convolution16(forward, input: inputShape, weights: shapes[1])?.inputGradient() { return kernel }
    let primitive = try ConvolutionPrimitives(
      forward, input: inputShape, weights: shapes[1], isAlone: request.isAmongRowMajor(activations: 1)
    ).inputGradient()
    if !primitive.isGenerated, let depthwise = DepthwiseConvolution(forward, input: inputShape, weights: shapes[1]) {
      return try depthwise.inputGradient(request)
    }
    return primitive.kernel(
      inputs: [
        (DNNL_ARG_DIFF_DST, shapes[0], .activations), (DNNL_ARG_WEIGHTS, shapes[1], .weights(groups: forward.groups)),
      ], output: (DNNL_ARG_DIFF_SRC, inputShape, .activations))
  }
}

extension Op.ConvolutionWeightsGradient: OneDNNKernel {
  func variants(for request: KernelRequest) -> [KernelVariant] {
    forward.tiledWindow == nil ? [.usual] : [.usual, .tiles]
  }

  func expectedVariant(for request: KernelRequest) -> KernelVariant {
    WinogradConvolution.isWorthwhile(forward, weights: weightsShape, request.inputs[0].shape) ? .tiles : .usual
  }

  func kernel(for request: KernelRequest) throws -> Kernel? {
    let shapes = request.inputs.map(\.shape)
    if request.variant == .tiles {
      return try WinogradConvolution(forward, input: request.inputs[1], weights: weightsShape, output: shapes[0])?
        .weightsGradient(weightsShape)
    }
    if let kernel = Convolution16(forward, input: shapes[1], weights: weightsShape)?.weightsGradient() { return kernel }
    let primitive = try ConvolutionPrimitives(
      forward, input: shapes[1], weights: weightsShape, isAlone: request.isAmongRowMajor(activations: 2)
    ).weightsGradient()
    if !primitive.isGenerated, let depthwise = DepthwiseConvolution(forward, input: shapes[1], weights: weightsShape) {
      return try depthwise.weightsGradient(request)
    }
    if primitive.scratchBytes > 2 * weightsShape.count * request.outputType.byteCount,
      let products = SequenceGradient(forward, input: shapes[1], weights: weightsShape, output: shapes[0])
    {
      return products.kernel()
    }
    return primitive.kernel(
      inputs: [(DNNL_ARG_DIFF_DST, shapes[0], .activations), (DNNL_ARG_SRC, shapes[1], .activations)],
      output: (DNNL_ARG_DIFF_WEIGHTS, weightsShape, .weights(groups: forward.groups)))
  }
}

extension KernelRequest {
  /// Whether the first `activations` inputs come, and the result goes, in row-major order: then two reorders cost more
  /// than blocks of channels save.
  fileprivate func isAmongRowMajor(activations: Int) -> Bool {
    isOutput && inputs.prefix(activations).allSatisfy { $0.layout.isRowMajor($0.shape) }
  }
}

/// The three primitives of one convolution: all layouts left to oneDNN, or activations in row-major order.
struct ConvolutionPrimitives {
  private let source, weights, destination, bias: MemoryDescriptor
  private let strides, dilations, before, after: [Int64]
  private let convolution: Op.Convolution
  private let input, weightsShape: Shape
  private let isAlone: Bool

  typealias Types = (input: ElementType, weights: ElementType, output: ElementType)

  /// - Parameter types: of the input, the weights and the output.
  init(
    _ convolution: Op.Convolution, input: Shape, weights: Shape, isAlone: Bool,
    types: Types = (.float32, .float32, .float32)
  ) throws {
    (self.convolution, self.input, weightsShape, self.isAlone) = (convolution, input, weights, isAlone)
    let window = convolution.window
    let lengths = Array(input.dimensions[1...window.rank])
    let output = try convolution.outputShape(for: [input, weights])
    source = try MemoryDescriptor(input, isAlone ? .rowMajor(input) : nil, type: types.input)
    self.weights = try MemoryDescriptor(
      weights, nil, order: .weights(groups: convolution.groups), type: types.weights)
    destination = try MemoryDescriptor(output, isAlone ? .rowMajor(output) : nil, type: types.output)
    bias = try MemoryDescriptor([weights.channels], .rowMajor([weights.channels]))
    strides = window.strides.map(Int64.init)
    dilations = window.dilations.map { Int64($0 - 1) }
    let before = lengths.enumerated().map { Int64(window.edges($0, length: $1).before) }
    self.before = before
    // What the last window does not reach is not padding: oneDNN wants the sizes to agree exactly.
    after = lengths.enumerated().map { axis, length in
      Int64((output[axis + 1] - 1) * window.strides[axis] + window.extent(axis) - length) - before[axis]
    }
  }

  func forward(
    bias hasBias: Bool = false, _ epilogue: Epilogue = .none, _ algorithm: dnnl_alg_kind_t = dnnl_convolution_direct,
    rescaling: Rescaling? = nil
  ) throws -> Primitive {
    var descriptor = dnnl_convolution_desc_t()
    try pointers { source, weights, destination in
      try withUnsafePointer(to: bias) { bias in
        try OneDNN.check(
          dnnl_dilated_convolution_forward_desc_init(
            &descriptor, dnnl_forward_training, algorithm, source, weights, hasBias ? bias : nil,
            destination, strides, dilations, before, after), "convolution")
      }
    }
    return try Primitive(descriptor, epilogue: epilogue, rescaling: rescaling)
  }

  /// - Parameter forwardTypes: of the forward convolution, if it is not the one with these descriptors.
  func inputGradient(forwardTypes: Types? = nil) throws -> Primitive {
    var descriptor = dnnl_convolution_desc_t()
    try pointers { source, weights, destination in
      try OneDNN.check(
        dnnl_dilated_convolution_backward_data_desc_init(
          &descriptor, dnnl_convolution_direct, source, weights, destination, strides, dilations, before, after),
        "gradient of a convolution's input")
    }
    return try Primitive(descriptor, forward: forwardTypes.map { try with(types: $0) } ?? forward())
  }

  /// - Parameter forwardTypes: of the forward convolution, if it is not the one with these descriptors.
  func weightsGradient(forwardTypes: Types? = nil) throws -> Primitive {
    var descriptor = dnnl_convolution_desc_t()
    try pointers { source, weights, destination in
      try OneDNN.check(
        dnnl_dilated_convolution_backward_weights_desc_init(
          &descriptor, dnnl_convolution_direct, source, weights, nil, destination, strides, dilations, before, after),
        "gradient of a convolution's weights")
    }
    return try Primitive(descriptor, forward: forwardTypes.map { try with(types: $0) } ?? forward())
  }

  /// The forward primitive with other types.
  private func with(types: Types) throws -> Primitive {
    try ConvolutionPrimitives(convolution, input: input, weights: weightsShape, isAlone: isAlone, types: types)
      .forward()
  }

  private func pointers(
    _ body: (
      UnsafePointer<MemoryDescriptor>, UnsafePointer<MemoryDescriptor>, UnsafePointer<MemoryDescriptor>
    ) throws -> Void
  ) throws {
    try withUnsafePointer(to: source) { source in
      try withUnsafePointer(to: weights) { weights in
        try withUnsafePointer(to: destination) { try body(source, weights, $0) }
      }
    }
  }
}
