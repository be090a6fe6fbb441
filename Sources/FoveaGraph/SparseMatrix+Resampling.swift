/// How numbers between two neighbours are found when an axis is stretched.
public enum Interpolation: Hashable, Sendable, CaseIterable {
  /// The neighbour at ⌊i · n / o⌋.
  case nearest
  /// On the straight line between two neighbours: bilinear over two axes, trilinear over three.
  case linear
  /// On a cubic curve through four neighbours: bicubic over two axes.
  case cubic
}

extension SparseMatrix {
  /// Stretches or shrinks an axis of `inputs` to `outputs`; nothing is averaged when it shrinks.
  ///
  /// Output i lies at input (i + ½) · n / o − ½, as if each number filled a pixel; with `alignsCorners` at
  /// i · (n − 1) / (o − 1), so that first and last fall together. What lies past an end repeats it.
  ///
  /// - Source: PyTorch's `interpolate`; Keys 1981, "Cubic Convolution Interpolation for Digital Image Processing",
  ///   eq. 4, with a = −¾.
  public static func resampling(
    _ inputs: Int, to outputs: Int, _ interpolation: Interpolation, alignsCorners: Bool = false
  ) -> SparseMatrix {
    SparseMatrix(rows: outputs, columns: inputs) { i in
      if interpolation == .nearest { return [Entry(i * inputs / outputs, 1)] }
      var position =
        alignsCorners
        ? Double(i * (inputs - 1)) / Double(max(outputs - 1, 1))
        : (Double(i) + 0.5) * Double(inputs) / Double(outputs) - 0.5
      if interpolation == .linear { position = max(position, 0) }
      let first = Int(position.rounded(.down))
      let t = position - Double(first)
      let taps = interpolation == .linear ? [(0, 1 - t), (1, t)] : cubicTaps(t)
      return taps.map { Entry(min(max(first + $0.0, 0), inputs - 1), $0.1) }
    }
  }

  /// The offsets and weights of four neighbours at the fraction `t` between the middle two.
  private static func cubicTaps(_ t: Double) -> [(Int, Double)] {
    let a = -0.75
    func near(_ x: Double) -> Double { ((a + 2) * x - (a + 3)) * x * x + 1 }
    func far(_ x: Double) -> Double { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
    return [(-1, far(1 + t)), (0, near(t)), (1, near(1 - t)), (2, far(2 - t))]
  }

  /// The inputs that output `i` of adaptive pooling sees: ⌊i · n / o⌋ ..< ⌈(i + 1) · n / o⌉.
  package static func adaptiveWindow(_ i: Int, _ inputs: Int, to outputs: Int) -> Range<Int> {
    (i * inputs / outputs)..<(((i + 1) * inputs + outputs - 1) / outputs)
  }

  /// The sum or the mean over the windows of adaptive pooling.
  package static func adaptive(_ inputs: Int, to outputs: Int, mean: Bool) -> SparseMatrix {
    SparseMatrix(rows: outputs, columns: inputs) { i in
      let window = adaptiveWindow(i, inputs, to: outputs)
      return window.map { Entry($0, mean ? 1 / Double(window.count) : 1) }
    }
  }
}
