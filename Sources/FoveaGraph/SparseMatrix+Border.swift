import FoveaCore

/// What a border around an image is made of.
public enum PaddingMode: String, Hashable, Sendable, CaseIterable {
  /// Zeros.
  case zeros
  /// The image mirrored at its edge, which is not repeated: `c b | a b c | b a`.
  case reflect
  /// The number at the edge, again and again: `a a | a b c | c c`.
  case replicate
  /// The other end of the image: `b c | a b c | a b`.
  case circular
}

extension SparseMatrix {
  /// An axis with a border so wide before and after it that continues it. For zeros there is `Pad`.
  ///
  /// - Errors: `.reflect` by as much as the axis has or more; a border that is negative or too wide.
  public static func border(
    _ length: Int, before: Int, after: Int, _ mode: PaddingMode
  ) throws(ShapeError) -> SparseMatrix {
    guard Window.sizes.contains(before), Window.sizes.contains(after), mode != .zeros,
      before + length + after <= longest
    else {
      throw ShapeError(
        "\(mode) padding \(before) and \(after) around \(length)",
        fix: "give \(Window.sizes), \(longest) positions in all, and use Pad for zeros")
    }
    guard mode != .reflect || max(before, after) < length else {
      throw ShapeError(
        "reflect padding of \(max(before, after)) around \(length): the edge is not repeated, so a reflection has "
          + "\(length) − 1 numbers",
        fix: "pad by at most \(length - 1), or use .replicate or .circular")
    }
    let sources = (-before..<(length + after)).map { position in
      switch mode {
      case .zeros, .replicate: min(max(position, 0), length - 1)
      case .reflect: position < 0 ? -position : position < length ? position : 2 * (length - 1) - position
      case .circular: ((position % length) + length) % length
      }
    }
    return SparseMatrix(gathering: sources, of: length)
  }

  /// The positions in reverse order: a kernel so turned along its axes makes a convolution of a cross-correlation.
  public static func reversed(_ length: Int) -> SparseMatrix {
    SparseMatrix(gathering: (0..<length).reversed(), of: length)
  }

  /// Where all inputs stand side by side among the outputs, as in the middle of a border; `nil` if they do not.
  package var placeOfWhole: Int? {
    guard columns >= 1, rows >= columns else { return nil }
    return (0...(rows - columns)).first { start in
      (0..<columns).allSatisfy { i in
        let entry = Int(starts[start + i])
        return starts[start + i + 1] - starts[start + i] == 1 && indices[entry] == Int32(i) && weights[entry] == 1
      }
    }
  }
}
