// The formula of an output size, in letters and with its numbers.

extension WindowArithmetic {
  /// The formula in letters: n input, k kernel, s stride, d dilation, p padding.
  public var formula: String {
    isTransposed
      ? "(n − 1)·s + (k − 1)·d + 1 − p_before − p_after + p_output"
      : rounded("(n + p_before + p_after − ((k − 1)·d + 1)) / s") + " + 1"
  }

  /// The formula with its numbers, step by step to the result.
  public var numbers: String {
    if isTransposed {
      let first = "(\(input) − 1)·\(stride) + (\(kernel) − 1)·\(dilation) + 1"
      let second = "\((input - 1) * stride) + \(effectiveKernel)"
      let rest = " − \(paddingBefore) − \(paddingAfter) + \(outputPadding)"
      return "\(first)\(rest) = \(second)\(rest) = \(signed(output))"
    }
    let room = input + paddingBefore + paddingAfter - effectiveKernel
    let inner = "\(input) + \(paddingBefore) + \(paddingAfter) − \(effectiveKernel)"
    let quotient = rounded("(\(inner)) / \(stride)") + " + 1"
    guard output >= 1 else { return "\(quotient): \(signed(room)) is below 0, the window does not fit" }
    let steps = roundsUp ? (room + stride - 1) / stride : room / stride
    let simplified = stride == 1 ? "" : " = \(rounded("\(signed(room)) / \(stride)")) + 1"
    let sum = "\(quotient)\(simplified) = \(steps) + 1 = \(steps + 1)"
    // Rounding up, a window that would begin behind the input does not count.
    return output == steps + 1 ? sum : "\(sum), less the last one, which would begin on padding alone = \(output)"
  }

  private func rounded(_ text: String) -> String { roundsUp ? "⌈\(text)⌉" : "⌊\(text)⌋" }

  /// The effective kernel with its numbers.
  public var effectiveKernelNumbers: String { "(\(kernel) − 1)·\(dilation) + 1 = \(effectiveKernel)" }
}

/// `−3`, with a true minus sign.
package func signed(_ number: Int) -> String { number < 0 ? "−\(-number)" : "\(number)" }
