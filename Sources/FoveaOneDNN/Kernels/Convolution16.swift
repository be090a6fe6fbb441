import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

/// A convolution of few channels, in blocks of 16 images.
struct Convolution16: Sendable {
  private let value: fovea_convolution16
  private let input, weights, output: Shape

  /// `nil` where oneDNN is the better choice: channels that fill its blocks of 16, more than one axis short of images,
  /// strides, gaps or groups.
  init?(_ convolution: Op.Convolution, input: Shape, weights: Shape) {
    let window = convolution.window
    guard window.rank == 2, convolution.groups == 1, window.strides == [1, 1], window.dilations == [1, 1],
      Blocks16.layout(input) != nil, input[0] >= 32,
      let output = try? convolution.outputShape(for: [input, weights])
    else { return nil }
    // Measured on LeNet-5: from a quarter of empty lanes on, blocks of images win.
    func filled(_ channels: Int) -> Double { Double(channels) / Double((channels + 15) / 16 * 16) }
    let isFew = filled(weights.channels) * (input.channels <= 4 ? 1 : filled(input.channels)) <= 0.75
    guard isFew, input.channels <= 32, weights.channels <= 32 else { return nil }
    let edges = (0..<2).map { window.edges($0, length: input[$0 + 1]) }
    guard (0..<2).allSatisfy({ edges[$0].before < window.size[$0] && edges[$0].after < window.size[$0] }) else {
      return nil
    }
    func pair(_ body: (Int) -> Int) -> (Int64, Int64) { (Int64(body(0)), Int64(body(1))) }
    value = fovea_convolution16(
      blocks: Int64(input[0] / 16), channels: Int64(input.channels), filters: Int64(weights.channels),
      input: pair { input[$0 + 1] }, output: pair { output[$0 + 1] }, size: pair { window.size[$0] },
      before: pair { edges[$0].before }, after: pair { edges[$0].after })
    (self.input, self.weights, self.output) = (input, weights, output)
  }

  private func kernel(
    _ inputs: [Layout], _ output: Layout,
    _ body: @escaping @Sendable (Kernel.Memory, UnsafeMutablePointer<Float>) -> Void
  ) -> Kernel {
    Kernel(
      name: "c few channels", inputLayouts: inputs, outputLayout: output,
      scratchBytes: fovea_convolution16_scratch(value)
    ) { memory in
      let scratch = memory.scratch!.floats
      return { body(memory, scratch) }
    }
  }

  func forward(_ epilogue: Epilogue) -> Kernel? {
    guard !epilogue.hasResidual, let x = Blocks16.layout(input), let y = Blocks16.layout(output) else { return nil }
    let (value, hasBias, activation) = (value, epilogue.hasBias, epilogue.activation?.c ?? FOVEA_IDENTITY)
    let bias: [Layout] = hasBias ? [.rowMajor([weights.channels])] : []
    return kernel([x, .rowMajor(weights)] + bias, y) { memory, scratch in
      fovea_convolution16_forward(
        value, memory.inputs[0].floats, memory.inputs[1].floats, hasBias ? memory.inputs[2].floats : nil, activation,
        memory.output.floats, scratch)
    }
  }

  func inputGradient() -> Kernel? {
    guard let x = Blocks16.layout(input), let y = Blocks16.layout(output) else { return nil }
    return kernel([y, .rowMajor(weights)], x) { [value] memory, scratch in
      fovea_convolution16_input_gradient(
        value, memory.inputs[0].floats, memory.inputs[1].floats, memory.output.floats, scratch)
    }
  }

  func weightsGradient() -> Kernel? {
    guard let x = Blocks16.layout(input), let y = Blocks16.layout(output) else { return nil }
    return kernel([y, x], .rowMajor(weights)) { [value] memory, scratch in
      fovea_convolution16_weights_gradient(
        value, memory.inputs[0].floats, memory.inputs[1].floats, memory.output.floats, scratch)
    }
  }
}

extension Epilogue.Activation {
  var c: fovea_activation {
    switch self {
    case .relu: FOVEA_RELU
    case .tanh: FOVEA_TANH
    case .sigmoid: FOVEA_SIGMOID
    }
  }
}
