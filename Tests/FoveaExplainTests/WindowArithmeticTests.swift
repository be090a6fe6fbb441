import FoveaExplain
import FoveaGraph
import Testing

private func convolution(_ n: Int, _ k: Int, s: Int = 1, d: Int = 1, _ padding: Padding = .valid) -> WindowArithmetic {
  let window = Window(size: [k], strides: [s], dilations: [d], padding: padding)
  return WindowArithmetic(window, axis: 0, length: n)
}

@Test(arguments: [
  (227, 11, 4, Padding.valid, 55), (224, 11, 4, .same, 56), (224, 11, 4, .explicit(2), 55),
  (5, 3, 1, .full, 7), (28, 3, 2, .explicit(1), 14), (28, 3, 2, .edges([.init(before: 0, after: 1)]), 14),
  (7, 3, 2, .valid, 3),
])
func `output sizes of windows`(n: Int, k: Int, s: Int, padding: Padding, output: Int) {
  let axis = convolution(n, k, s: s, padding)
  #expect(axis.output == output)
  #expect(axis.numbers.hasSuffix("= \(output)"))
}

@Test func `a dilated window spans its gaps`() {
  let axis = convolution(30, 7, d: 3)
  #expect(axis.effectiveKernel == 19)
  #expect(axis.effectiveKernelNumbers == "(7 − 1)·3 + 1 = 19")
  #expect(axis.output == 12)
}

@Test func `what no window reaches is left over`() {
  #expect(convolution(28, 3, s: 2, .explicit(1)).leftOver == 1)
  #expect(convolution(227, 11, s: 4).leftOver == 0)
}

@Test func `a window that does not fit says so`() {
  #expect(convolution(5, 7).numbers == "⌊(5 + 0 + 0 − 7) / 1⌋ + 1: −2 is below 0, the window does not fit")
}

/// A transposed convolution goes back to where its convolution came from.
@Test func `transposed sizes invert sizes`() {
  for k in 1...5 {
    for s in 1...3 {
      for d in 1...2 {
        let extent = (k - 1) * d + 1
        for padding in [Padding.valid, .full, .edges([.init(before: extent / 2, after: 0)])] {
          for n in extent...(extent + 7) {
            let there = convolution(n, k, s: s, d: d, padding)
            let window = Window(size: [k], strides: [s], dilations: [d], padding: padding)
            let back = WindowArithmetic(
              transposed: window, axis: 0, length: there.output, outputPadding: there.leftOver)
            #expect(back.output == n, "\(n) \(k) \(s) \(d) \(padding)")
          }
        }
      }
    }
  }
}

@Test func `a transposed window with same padding multiplies by the stride`() {
  for (k, s) in [(3, 2), (2, 2), (1, 3), (5, 1)] {
    let window = Window(size: [k], strides: [s], padding: .same)
    let axis = WindowArithmetic(transposed: window, axis: 0, length: 6, outputPadding: 0)
    #expect(axis.output == 6 * s)
  }
}

@Test func `a window that rounds up may hang over the end, but not begin behind it`() {
  let hanging = WindowArithmetic(Window(size: [3], strides: [2], roundsUp: true), axis: 0, length: 6)
  #expect(hanging.output == 3 && hanging.leftOver == 0)
  #expect(hanging.numbers == "⌈(6 + 0 + 0 − 3) / 2⌉ + 1 = ⌈3 / 2⌉ + 1 = 2 + 1 = 3")
  let window = Window(size: [1], strides: [3], padding: .explicit(1), roundsUp: true)
  let beyond = WindowArithmetic(window, axis: 0, length: 2)
  #expect(beyond.output == 1 && beyond.numbers.hasSuffix("less the last one, which would begin on padding alone = 1"))
}
