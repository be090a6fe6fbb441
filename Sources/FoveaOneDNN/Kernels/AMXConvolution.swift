import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

/// A convolution of bfloat16 images in AMX's tiles, and both its gradients, in our own C: images row-major (decision 20).
struct AMXConvolution: Sendable {
  private let value: fovea_amx_convolution
  private let input, weights, output: Shape

  /// - Parameter weights: as the model has them.
  /// - Returns: `nil` without AMX, and for groups and large windows.
  init?(_ convolution: Op.Convolution, input: Shape, weights: Shape, output: Shape) {
    let window = convolution.window
    guard OneDNNBackend.hasAMX, convolution.groups == 1, window.rank <= 2 else { return nil }
    /// The last two axes; a missing one is short.
    func pair(_ values: [Int], missing: Int) -> (Int64, Int64) {
      (Int64(values.count > 1 ? values[0] : missing), Int64(values.last!))
    }
    let lengths = Array(input.dimensions[1...window.rank])
    value = fovea_amx_convolution(
      images: Int64(input[0]), channels: Int64(input.channels), filters: Int64(output.channels),
      workers: Int64(fovea_threads()), input: pair(lengths, missing: 1),
      output: pair(Array(output.dimensions[1...window.rank]), missing: 1), size: pair(window.size, missing: 1),
      stride: pair(window.strides, missing: 1), dilation: pair(window.dilations, missing: 1),
      before: pair(lengths.indices.map { window.edges($0, length: lengths[$0]).before }, missing: 0), normalized: false)
    (self.input, self.weights, self.output) = (input, weights, output)
    guard fovea_amx_fits(value) else { return nil }
  }

  /// - Parameters:
  ///   - normalization: of the input, as it is read.
  ///   - type: of the result.
  func forward(_ epilogue: Epilogue, _ normalization: Mixed.Normalization?, type: ElementType) -> Kernel {
    let (hasBias, hasResidual) = (epilogue.hasBias, epilogue.hasResidual)
    let activation = epilogue.activation?.c ?? FOVEA_IDENTITY
    var layouts: [Layout] = [.rowMajor(input), AMXWeights(weights, isTurned: false).layout]
    if hasBias { layouts.append(.rowMajor([output.channels])) }
    let residual = layouts.count
    if hasResidual { layouts.append(.rowMajor(output)) }
    let values = layouts.count
    var value = value
    if normalization != nil {
      value.normalized = true
      layouts += [.rowMajor([2, input.channels]), .rowMajor([input.channels]), .rowMajor([input.channels])]
    }
    return Kernel(
      name: "c amx", inputLayouts: layouts, outputLayout: .rowMajor(output),
      scratchBytes: fovea_amx_scratch(value, false), overwritableInputs: hasResidual ? [residual] : []
    ) { [value] memory in
      let (inputs, scratch) = (memory.inputs, memory.scratch!)
      var before = fovea_amx_normalization()
      if let normalization {
        before = fovea_amx_normalization(
          moments: inputs[values].floats, scale: inputs[values + 1].floats, bias: inputs[values + 2].floats,
          epsilon: normalization.epsilon, rectifies: normalization.rectifies)
      }
      return {
        fovea_amx_convolve(
          value, before, inputs[0], inputs[1], hasBias ? inputs[2].floats : nil, hasResidual ? inputs[residual] : nil,
          activation, type == .float32, memory.output, scratch)
      }
    }
  }

  /// - Parameter type: of the result.
  func inputGradient(type: ElementType) -> Kernel {
    Kernel(
      name: "c amx", inputLayouts: [.rowMajor(output), AMXWeights(weights, isTurned: true).layout],
      outputLayout: .rowMajor(input), scratchBytes: fovea_amx_scratch(value, true)
    ) { [value] memory in
      let (inputs, scratch) = (memory.inputs, memory.scratch!)
      return {
        fovea_amx_input_gradient(value, inputs[0], inputs[1], type == .float32, memory.output, scratch)
      }
    }
  }

  /// - Returns: `nil` for channels or filters that leave registers half empty.
  func weightsGradient() -> Kernel? {
    guard value.channels % 16 == 0, value.filters % 16 == 0 else { return nil }
    return Kernel(
      name: "c amx", inputLayouts: [.rowMajor(output), .rowMajor(input)], outputLayout: .rowMajor(weights),
      scratchBytes: fovea_amx_weights_gradient_scratch(value)
    ) { [value] memory in
      let (inputs, scratch) = (memory.inputs, memory.scratch!)
      return { fovea_amx_weights_gradient(value, inputs[0], inputs[1], memory.output.floats, scratch) }
    }
  }
}

/// How bfloat16 weights, of windows over one or two axes, lie for `AMXConvolution`: blocks of 32 filters, two channels side
/// by side; for the gradient of the input the other way round.
struct AMXWeights: PackedWeights {
  static let marker = Array("tiles for AMX".utf8)

  private let value: fovea_amx_convolution
  private let isTurned: Bool

  /// - Parameter isTurned: whether it is for the gradient of the input.
  init(_ shape: Shape, isTurned: Bool) {
    var value = fovea_amx_convolution()
    (value.channels, value.filters) = (Int64(shape[shape.rank - 2]), Int64(shape.channels))
    value.size = (Int64(shape.rank > 3 ? shape[0] : 1), Int64(shape[shape.rank - 3]))
    (self.value, self.isTurned) = (value, isTurned)
  }

  static func all(_ shape: Shape, _ type: ElementType) -> [AMXWeights] {
    [false, true].map { AMXWeights(shape, isTurned: $0) }
  }

  var layout: Layout {
    .native(
      NativeLayout(
        bytes: Self.marker + [isTurned ? 1 : 0], byteCount: fovea_amx_weights(value, isTurned),
        name: isTurned ? "turned I/32·O/32·hw·2·16o·16i·2o" : "O/32·I/32·hw·2·16i·16o·2i"))
  }

  func pack(_ weights: UnsafeRawPointer, into packed: UnsafeMutableRawPointer) {
    fovea_amx_pack(value, isTurned, weights, packed)
  }
}
