import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

/// A convolution of few channels, such as a model's first: from a row-major image to blocks of channels, in our own C.
struct RowConvolution: Sendable {
  private let value: fovea_row_convolution
  private let input, weights: Shape
  private let outputLayout: Layout

  /// From so many channels on, blocks of them are the better choice.
  static let mostChannels = 4

  /// - Returns: `nil` for other windows, and for more channels.
  init?(_ convolution: Op.Convolution, input: Shape, weights: Shape, output: Shape) throws {
    guard convolution.suitsRows(input) else { return nil }
    let window = convolution.window
    let width = OneDNNBackend.blockWidth
    let (blocks, positions) = ((output.channels + width - 1) / width, output[1] * output[2])
    func pair(_ body: (Int) -> Int) -> (Int64, Int64) { (Int64(body(0)), Int64(body(1))) }
    value = fovea_row_convolution(
      images: Int64(input[0]), channels: Int64(input.channels), filters: Int64(output.channels), width: Int64(width),
      workers: Int64(fovea_threads()), input: pair { input[$0 + 1] }, output: pair { output[$0 + 1] },
      size: pair { window.size[$0] }, stride: pair { window.strides[$0] },
      before: pair { window.edges($0, length: input[$0 + 1]).before },
      y: fovea_planes(
        image: Int64(blocks * positions * width), block: Int64(positions * width), position: Int64(width)))
    (self.input, self.weights) = (input, weights)
    outputLayout = try MemoryDescriptor(blocked: output, width).layout(of: output)
  }

  /// - Returns: `nil` for what it does not take into its kernel.
  func kernel(_ epilogue: Epilogue) -> Kernel? {
    let (hasBias, activation) = (epilogue.hasBias, epilogue.activation?.c ?? FOVEA_IDENTITY)
    // The sigmoid of the zeros that fill the last block is no zero.
    guard !epilogue.hasResidual, activation != FOVEA_SIGMOID || value.filters % value.width == 0 else { return nil }
    let layouts: [Layout] =
      [.rowMajor(input), .rowMajor(weights)] + (hasBias ? [.rowMajor([Int(value.filters)])] : [])
    return Kernel(
      name: "c rows", inputLayouts: layouts, outputLayout: outputLayout,
      scratchBytes: fovea_row_convolution_scratch(value)
    ) { [value] memory in
      let (inputs, scratch) = (memory.inputs.map(\.floats), memory.scratch!.floats)
      return {
        fovea_row_convolve(
          value, inputs[0], inputs[1], hasBias ? inputs[2] : nil, activation, memory.output.floats, scratch)
      }
    }
  }
}

extension Op.Convolution {
  /// Whether `RowConvolution` computes it.
  func suitsRows(_ input: Shape) -> Bool {
    window.rank == 2 && groups == 1 && window.dilations == [1, 1] && input.channels <= RowConvolution.mostChannels
  }
}
