import FoveaGraph
import Testing

/// A window over one axis.
private func window(_ size: Int, stride: Int = 1, dilation: Int = 1, _ padding: Padding = .valid) -> Window {
  Window(size: [size], strides: [stride], dilations: [dilation], padding: padding)
}

@Test(arguments: [
  (window(3), 5, 3), (window(5), 5, 1), (window(1), 5, 5), (window(3, stride: 2), 5, 2), (window(3, stride: 2), 6, 2),
  (window(3, dilation: 2), 7, 3), (window(2, stride: 3, dilation: 4), 9, 2),
  (window(3, .same), 5, 5), (window(4, .same), 5, 5), (window(7, .same), 2, 2), (window(3, stride: 2, .same), 5, 3),
  (window(3, stride: 2, .same), 6, 3), (window(1, stride: 3, .same), 7, 3), (window(3, dilation: 3, .same), 4, 4),
  (window(2, stride: 5, .same), 7, 2),
  (window(3, .explicit(1)), 5, 5), (window(7, stride: 2, .explicit(3)), 224, 112),
  (window(3, .full), 5, 7), (window(1, .full), 5, 5), (window(3, stride: 2, dilation: 2, .full), 5, 5),
  (window(3, .edges([.init(before: 0, after: 2)])), 5, 5), (window(2, .explicit(3)), 1, 6),
]) func `how many outputs a window gives`(window: Window, length: Int, outputs: Int) throws {
  #expect(try window.output(for: [length]) == [outputs])
}

@Test(arguments: [
  // Size, stride, dilation, padding, input, and what PyTorch's max_pool1d gives with ceil_mode.
  (2, 2, 1, 0, 7, 4), (2, 2, 1, 0, 8, 4), (3, 2, 1, 0, 8, 4), (3, 3, 1, 1, 9, 4), (3, 2, 1, 0, 2, 1),
  (1, 3, 1, 0, 6, 2),
  (2, 3, 2, 1, 7, 3), (2, 5, 1, 1, 4, 1), (7, 2, 1, 3, 224, 113), (3, 2, 1, 0, 1, 0),
]) func `a window that rounds up`(k: Int, s: Int, d: Int, p: Int, length: Int, outputs: Int) {
  let window = Window(size: [k], strides: [s], dilations: [d], padding: .explicit(p), roundsUp: true)
  #expect(window.output(0, length: length) == outputs)
}

@Test(arguments: [3, 4, 7, 12], [1, 2, 3, 5]) func `same padding leaves nothing to round up`(length: Int, stride: Int) {
  var window = Window(size: [3], strides: [stride], padding: .same)
  let outputs = window.output(0, length: length)
  window.roundsUp = true
  #expect(window.output(0, length: length) == outputs)
}

@Test(arguments: [
  (window(3, .same), 5, 1, 1), (window(4, .same), 5, 1, 2), (window(2, .same), 5, 0, 1),
  (window(3, stride: 2, .same), 6, 0, 1), (window(3, stride: 2, .same), 5, 1, 1),
  (window(2, stride: 2, .same), 4, 0, 0),
  (window(1, stride: 3, .same), 7, 0, 0), (window(3, dilation: 2, .same), 7, 2, 2), (window(3), 5, 0, 0),
  (window(3, .explicit(4)), 5, 4, 4), (window(3, .full), 5, 2, 2), (window(3, dilation: 3, .full), 5, 6, 6),
]) func `same padding puts the odd zero after`(window: Window, length: Int, before: Int, after: Int) {
  #expect(window.edges(0, length: length) == Padding.Edges(before: before, after: after))
}

@Test func `one entry serves every axis`() throws {
  let window = Window(size: [3, 5], strides: [2], dilations: [1], padding: .explicit(1))
  #expect(window.strides == [2, 2])
  #expect(window.count == 15)
  #expect(try window.output(for: [7, 8]) == [4, 3])
  let uneven = Window(size: [3, 5], strides: [1, 2], padding: .explicit(vertical: 1, horizontal: 2))
  #expect(try uneven.output(for: [7, 7]) == [7, 4])
}

@Test(arguments: [
  (
    window(3), [2], "the 3 window does not fit into the 2 input: ⌊(2 + 0 + 0 − ((3 − 1)·1 + 1)) / 1⌋ + 1 < 1",
    "use padding same, or a window of at most 2"
  ),
  (
    Window(size: [3, 5], strides: [2], dilations: [1, 2], padding: .explicit(1)), [9, 5],
    "the 3×5 window does not fit into the 9×5 input: ⌊(5 + 1 + 1 − ((5 − 1)·2 + 1)) / 2⌋ + 1 < 1",
    "use padding same, or a window of at most 4"
  ),
  (window(0), [5], "the window size is 0", "use 1 or more, 16777216 at most"),
  (window(3, stride: 0), [5], "the stride is 0", "use 1 or more, 16777216 at most"),
  (window(3, dilation: -1), [5], "the dilation is -1", "use 1 or more, 16777216 at most"),
  (window(3, dilation: .max), [5], "the dilation is \(Int.max)", "use 1 or more, 16777216 at most"),
  (window(3, .explicit(-1)), [5], "the padding is -1", "use 0 or more, 16777216 at most"),
  (window(3, .explicit(.max)), [5], "the padding is \(Int.max)", "use 0 or more, 16777216 at most"),
  (Window(size: [3, 3], strides: [1, 2, 3]), [5, 5], "3 strides for 2 axes", "give one, or one for each axis"),
  (Window(size: [3, 3], strides: []), [5, 5], "0 strides for 2 axes", "give one, or one for each axis"),
  (Window(size: [3], dilations: [1, 1]), [5], "2 dilations for 1 axes", "give one, or one for each axis"),
  (
    Window(size: [3, 3, 3], padding: .explicit(vertical: 1, horizontal: 1)), [5, 5, 5], "2 paddings for 3 axes",
    "give one, or one for each axis"
  ),
]) func `a window that does not fit says why`(window: Window, lengths: [Int], problem: String, fix: String) {
  #expect(throws: ShapeError(problem, fix: fix)) { try window.output(for: lengths) }
}

@Test(arguments: [
  (window(2, .explicit(2)), 5, "a padding of 2 is not smaller than the pooling window 2", "use a padding of at most 1"),
  (
    window(2, dilation: 2, .same), 1,
    "the pooling window 2 with dilation 2 covers nothing of 1 inputs at position 0", "use a smaller padding or dilation"
  ),
  (
    window(3, dilation: 3, .edges([.init(before: 3, after: 4)])), 2,
    "the pooling window 3 with dilation 3 covers nothing of 2 inputs at position 2", "use a smaller padding or dilation"
  ),
  (
    window(3, dilation: 3, .explicit(4)), 2,
    "the pooling window 3 with dilation 3 covers nothing of 2 inputs at position 0", "use a smaller padding or dilation"
  ),
]) func `pooling needs something under the window`(window: Window, length: Int, problem: String, fix: String) {
  #expect(throws: ShapeError(problem, fix: fix)) { try window.pooledShape(of: [1, length, 3]) }
}

@Test func `a dilated pooling window that always covers something is accepted`() throws {
  #expect(try window(2, dilation: 2, .same).pooledShape(of: [1, 2, 3]) == [1, 2, 3])
  #expect(try window(3, dilation: 2, .explicit(4)).pooledShape(of: [1, 3, 1]) == [1, 7, 1])
}

@Test(arguments: [
  (window(3), 5, 0, 7), (window(3, stride: 2), 5, 0, 11), (window(3, stride: 2), 5, 1, 12),
  (window(3, stride: 2, .explicit(1)), 3, 0, 5), (window(4, stride: 2, .same), 5, 0, 10),
  (window(2, stride: 3, .same), 5, 0, 15), (window(3, dilation: 2, .full), 9, 0, 5),
]) func `the input of which a window gives so many outputs`(
  window: Window, outputs: Int, outputPadding: Int, inputs: Int
) throws {
  #expect(try window.input(giving: [outputs], outputPadding: [outputPadding]) == [inputs])
  #expect(try window.output(for: [inputs]) == [outputs])
}
