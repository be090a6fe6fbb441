import FoveaGraph

/// How Resize finds numbers between neighbours, as ONNX says it.
///
/// - Source: ONNX's "Operators.md", Resize.
struct Resampling {
  var mode = "nearest"
  var coordinates = "half_pixel"
  /// Of `tf_crop_and_resize`: the part of the axis that is seen, in 0...1, and what lies beyond the axis.
  var part: (start: Double, end: Double) = (0, 1)
  var beyond: Float = 0
  /// Of `nearest`.
  var rounding = "round_prefer_floor"
  /// Of `cubic`.
  var a = -0.75
  /// Whether neighbours past the end count nothing, instead of as the end.
  var excludesOutside = false
  /// Whether shrinking averages over what an output covers.
  var isAntialiased = false

  static let knownCoordinates: Set = [
    "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_half_pixel_for_nn",
    "tf_crop_and_resize",
  ]

  /// The map from `inputs` positions to `outputs`.
  func matrix(_ inputs: Int, to outputs: Int, scale: Double) -> SparseMatrix {
    SparseMatrix(rows: outputs, columns: inputs) { row in
      let x = position(of: row, inputs, outputs, scale)
      guard !isBeyond(x, inputs) else { return [] }
      guard mode != "nearest" else { return [.init(min(max(nearest(x), 0), inputs - 1), 1)] }
      return entries(at: x, scale: scale, inputs: inputs)
    }
  }

  /// Which outputs see nothing of the axis.
  func outside(_ inputs: Int, to outputs: Int, scale: Double) -> [Bool] {
    (0..<outputs).map { isBeyond(position(of: $0, inputs, outputs, scale), inputs) }
  }

  private func isBeyond(_ x: Double, _ inputs: Int) -> Bool {
    coordinates == "tf_crop_and_resize" && !(x >= 0 && x <= Double(inputs - 1))
  }

  /// Where an output lies among the inputs.
  private func position(of output: Int, _ inputs: Int, _ outputs: Int, _ scale: Double) -> Double {
    let i = Double(output)
    switch coordinates {
    case "asymmetric": return i / scale
    case "align_corners": return outputs == 1 ? 0 : i * Double(inputs - 1) / (scale * Double(inputs) - 1)
    case "pytorch_half_pixel": return outputs > 1 ? (i + 0.5) / scale - 0.5 : 0
    case "tf_half_pixel_for_nn": return (i + 0.5) / scale
    case "tf_crop_and_resize":
      let last = Double(inputs - 1)
      guard outputs > 1 else { return 0.5 * (part.start + part.end) * last }
      return part.start * last + i * (part.end - part.start) * last / Double(outputs - 1)
    case "half_pixel_symmetric":
      // A size that was rounded down is put in the middle.
      let center = Double(inputs) / 2
      return center * (1 - Double(outputs) / (scale * Double(inputs))) + (i + 0.5) / scale - 0.5
    default: return (i + 0.5) / scale - 0.5
    }
  }

  private func nearest(_ x: Double) -> Int {
    switch rounding {
    case "floor": Int(x.rounded(.down))
    case "ceil": Int(x.rounded(.up))
    case "round_prefer_ceil": Int((x + 0.5).rounded(.down))
    default: Int((x - 0.5).rounded(.up))
    }
  }

  /// The neighbours of `x` with their weights, which add up to 1.
  private func entries(at x: Double, scale: Double, inputs: Int) -> [SparseMatrix.Entry] {
    let isCubic = mode == "cubic"
    let stretch = isAntialiased ? min(scale, 1) : 1
    let reach = (isCubic ? 2 : 1) / stretch
    let first = Int((x - reach).rounded(.up))
    let last = Int((x + reach).rounded(.down))
    var (taps, sum) = ([SparseMatrix.Entry](), 0.0)
    for column in first...max(first, last) {
      let distance = abs(Double(column) - x) * stretch
      let weight = isCubic ? cubic(distance) : max(1 - distance, 0)
      guard weight != 0, !excludesOutside || (0..<inputs).contains(column) else { continue }
      taps.append(.init(min(max(column, 0), inputs - 1), weight))
      sum += weight
    }
    return taps.map { .init($0.column, $0.weight / sum) }
  }

  /// Keys' curve at a distance.
  private func cubic(_ x: Double) -> Double {
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }
}
