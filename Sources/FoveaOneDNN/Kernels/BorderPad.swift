import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.BorderPad: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    guard let border = Border(self, input: request.inputs[0].shape) else { return nil }
    return border.kernel(from: request.inputs[0].shape, to: request.outputShape, fovea_border_pad)
  }
}

extension Op.BorderPadGradient: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    guard let border = Border(forward, input: inputShape) else { return nil }
    return border.kernel(from: request.inputs[0].shape, to: inputShape, fovea_border_pad_gradient)
  }
}

/// A border around the spatial axes of `N×spatial…×C`, as tables.
private struct Border: Sendable {
  private let images, channels: Int
  private let input, output: [Int]
  /// One after the other for each axis: the source of each output, then the outputs of each input.
  private let sources, starts, places: [[Int32]]

  /// `nil` if it is not around up to three spatial axes.
  init?(_ pad: Op.BorderPad, input x: Shape) {
    guard (3...5).contains(x.rank), pad.before.first == 0, pad.after.first == 0, pad.before.last == 0,
      pad.after.last == 0
    else { return nil }
    (images, channels) = (x[0], x.channels)
    let axes = 1..<(x.rank - 1)
    let missing = 3 - axes.count
    input = [Int](repeating: 1, count: missing) + axes.map { x[$0] }
    let all = [[Int]](repeating: [0], count: missing) + axes.map { pad.sources($0, length: x[$0]) }
    output = all.map(\.count)
    sources = all.map { $0.map(Int32.init) }
    // The outputs in the order of their sources: those of one input follow one another.
    places = all.map { source in source.indices.sorted { (source[$0], $0) < (source[$1], $1) }.map(Int32.init) }
    starts = zip(all, input).map { source, length in
      var counts = [Int32](repeating: 0, count: length + 1)
      for place in source { counts[place + 1] += 1 }
      for place in 0..<length { counts[place + 1] += counts[place] }
      return counts
    }
  }

  func kernel(
    from source: Shape, to target: Shape,
    _ body: @escaping @Sendable (fovea_border, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> Kernel {
    Kernel(name: "c", inputLayouts: [.rowMajor(source)], outputLayout: .rowMajor(target)) { memory in
      let tables = Tables((sources + starts + places))
      func table(_ first: Int) -> (UnsafePointer<Int32>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) {
        (tables[first], tables[first + 1], tables[first + 2])
      }
      let border = fovea_border(
        images: Int64(images), channels: Int64(channels), input: spread(input, missing: 1),
        output: spread(output, missing: 1), sources: table(0), starts: table(3), places: table(6))
      return { withExtendedLifetime(tables) { body(border, memory.inputs[0].floats, memory.output.floats) } }
    }
  }
}

/// Tables at addresses that stay.
final class Tables {
  private let memory: [UnsafeMutableBufferPointer<Int32>]

  init(_ tables: [[Int32]]) {
    memory = tables.map { table in
      let buffer = UnsafeMutableBufferPointer<Int32>.allocate(capacity: table.count)
      _ = buffer.initialize(from: table)
      return buffer
    }
  }

  deinit { for buffer in memory { buffer.deallocate() } }

  subscript(index: Int) -> UnsafePointer<Int32> { UnsafePointer(memory[index].baseAddress!) }
}
