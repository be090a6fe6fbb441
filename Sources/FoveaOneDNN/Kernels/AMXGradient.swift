import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

/// The gradient of the weights of a bfloat16 convolution in AMX's tiles, in our own C: images and gradients row-major
/// (decision 20).
struct AMXGradient: Sendable {
  private let value: fovea_amx_convolution
  private let input, output, weights: Shape

  /// - Returns: `nil` without AMX, for groups, channels or filters that leave registers half empty, and large windows.
  init?(_ gradient: Op.ConvolutionWeightsGradient, output: Shape, input: Shape) {
    let (window, weights) = (gradient.forward.window, gradient.weightsShape)
    guard OneDNNBackend.hasAMX, gradient.forward.groups == 1, window.rank <= 2, input.channels % 16 == 0,
      output.channels % 16 == 0
    else { return nil }
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
      before: pair(lengths.indices.map { window.edges($0, length: lengths[$0]).before }, missing: 0))
    (self.input, self.output, self.weights) = (input, output, weights)
    guard fovea_amx_gradient_scratch(value) > 0 else { return nil }
  }

  var kernel: Kernel {
    Kernel(
      name: "c amx", inputLayouts: [.rowMajor(output), .rowMajor(input)], outputLayout: .rowMajor(weights),
      scratchBytes: fovea_amx_gradient_scratch(value)
    ) { [value] memory in
      let (inputs, scratch) = (memory.inputs, memory.scratch!)
      return { fovea_amx_weights_gradient(value, inputs[0], inputs[1], memory.output.floats, scratch) }
    }
  }
}
