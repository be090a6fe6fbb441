package import FoveaGraph

/// What a window does to one axis: its output size, worked out as on paper.
///
/// - Source: Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", §2.4, §4, §5.1.
public struct WindowArithmetic: Hashable, Sendable, Codable {
  public var input: Int
  public var kernel: Int
  public var stride: Int
  public var dilation: Int
  /// The zeros before and after the input; of a transposed convolution, the outputs cut off there.
  public var paddingBefore: Int
  public var paddingAfter: Int
  /// Of a transposed convolution: so many outputs more at the end.
  public var outputPadding: Int
  public var isTransposed: Bool
  /// Whether a last window that hangs over the end counts too.
  public var roundsUp: Bool
  /// The size of the result; below 1 where the window does not fit.
  public var output: Int

  /// What the window spans with its gaps: (k − 1) · d + 1.
  public var effectiveKernel: Int { (kernel - 1) * dilation + 1 }

  /// The inputs at the end, padding included, that no window reaches.
  public var leftOver: Int {
    isTransposed || output < 1 ? 0 : max(paddedInput - ((output - 1) * stride + effectiveKernel), 0)
  }

  private var paddedInput: Int { input + paddingBefore + paddingAfter }

  /// One axis of a window that slides over `length` inputs.
  package init(_ window: Window, axis: Int, length: Int) {
    let edges = window.edges(axis, length: length)
    (input, kernel, isTransposed, outputPadding) = (length, window.size[axis], false, 0)
    roundsUp = window.roundsUp
    (stride, dilation) = (window.strides[axis], window.dilations[axis])
    (paddingBefore, paddingAfter) = (edges.before, edges.after)
    output = window.output(axis, length: length)
  }

  /// One axis of a transposed window, which goes from a convolution's output back to an input that it may have had.
  ///
  /// - Parameter length: of the transposed convolution's input; the window must leave something of the result.
  package init(transposed window: Window, axis: Int, length: Int, outputPadding: Int) {
    (input, kernel, isTransposed, roundsUp) = (length, window.size[axis], true, false)
    (stride, dilation) = (window.strides[axis], window.dilations[axis])
    let full = (length - 1) * window.strides[axis] + window.extent(axis)
    if window.padding == .same {
      output = length * window.strides[axis]
      let edges = window.edges(axis, length: output)
      (paddingBefore, paddingAfter) = (edges.before, edges.after)
      // A stride that is longer than the window leaves zeros at the end.
      self.outputPadding = output - (full - edges.before - edges.after)
    } else {
      let edges = window.edges(axis, length: length)
      (paddingBefore, paddingAfter) = (edges.before, edges.after)
      self.outputPadding = outputPadding
      output = full - edges.before - edges.after + outputPadding
    }
  }
}
