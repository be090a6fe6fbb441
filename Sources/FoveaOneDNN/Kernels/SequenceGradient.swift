import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import COneDNN

/// The gradient of a convolution's weights along one axis, as one matrix product for each tap and each example: all rows
/// that a tap sees, turned, by the gradient's rows.
///
/// oneDNN's general kernel, which it has for long windows and many filters, works in several times the memory of the
/// weights.
struct SequenceGradient {
  private let convolution: Op.Convolution
  private let input, weights, output: Shape

  /// `nil` in groups, and along more axes than one.
  init?(_ convolution: Op.Convolution, input: Shape, weights: Shape, output: Shape) {
    guard convolution.window.rank == 1, convolution.groups == 1 else { return nil }
    (self.convolution, self.input, self.weights, self.output) = (convolution, input, weights, output)
  }

  func kernel() -> Kernel {
    Kernel(
      name: "onednn sgemm", inputLayouts: [.rowMajor(output), .rowMajor(input)], outputLayout: .rowMajor(weights)
    ) { memory in
      let (g, x, y) = (memory.inputs[0].floats, memory.inputs[1].floats, memory.output.floats)
      return { run(g, x, y) }
    }
  }

  private func run(_ g: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
    let (window, channels, filters) = (convolution.window, input[2], output[2])
    let (step, before) = (window.strides[0], window.edges(0, length: input[1]).before)
    for tap in 0..<window.size[0] {
      let target = y + tap * channels * filters
      // The windows whose tap lies in the input.
      let shift = tap * window.dilations[0] - before
      let first = shift < 0 ? (-shift + step - 1) / step : 0
      let end = min(output[1], input[1] > shift ? (input[1] - shift - 1) / step + 1 : 0)
      guard first < end else {
        target.update(repeating: 0, count: channels * filters)
        continue
      }
      for example in 0..<input[0] {
        let rows = x + (example * input[1] + first * step + shift) * channels
        let status = dnnl_sgemm(
          CChar(UInt8(ascii: "T")), CChar(UInt8(ascii: "N")), Int64(channels), Int64(filters), Int64(end - first), 1,
          rows, Int64(step * channels), g + (example * output[1] + first) * filters, Int64(filters),
          example == 0 ? 0 : 1, target, Int64(filters))
        precondition(status == dnnl_success, "oneDNN could not multiply matrices: status \(status.rawValue)")
      }
    }
  }
}
