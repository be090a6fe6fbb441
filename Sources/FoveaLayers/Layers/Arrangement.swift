// Layers that move numbers and compute nothing. None has parameters.

/// All numbers of an example in one row, the channels innermost.
///
/// - Shapes: `N×…` → `N×(the product of the rest)`. No parameters; of any element type.
/// - Errors: none.
/// - Source: ONNX operator Flatten with axis 1; Keras `Flatten`.
public struct Flatten: Layer {
  public init() {}

  public func forward(_ x: Value) -> Value { x.reshaped(to: [x.batch, x.shape.count / x.batch]) }
}

/// The same numbers in row-major order under another shape.
///
/// - Shapes: `N×…` → `N×shape`, of equal count. No parameters; of any element type.
/// - Errors: another count.
/// - Source: Keras `Reshape`; ONNX operator Reshape.
public struct Reshape: Layer {
  public var shape: Shape

  /// - Parameter shape: of one example, without the batch.
  public init(_ shape: Shape) { self.shape = shape }

  public func forward(_ x: Value) -> Value {
    let target = Shape([x.batch] + shape.dimensions)
    guard target.dimensions.allSatisfy({ $0 > 0 }), target.isHoldable, target.count == x.shape.count else {
      return x.failing(
        "Reshape to \(shape), but an example has \(x.shape.ofExample) = \(x.shape.count / x.batch) numbers",
        fix: "use a shape with that product", assuming: target)
    }
    return x.reshaped(to: target)
  }
}

/// The axes of an example in another order.
///
/// - Shapes: `N×A×B×C` with `Permute([3, 1, 2])` → `N×C×A×B`. No parameters; of any element type.
/// - Errors: an order that does not name each axis once.
/// - Source: Keras `Permute`, which counts axes alike; ONNX operator Transpose.
public struct Permute: Layer {
  public var order: [Int]

  /// - Parameter order: the axes, counted from 1 because axis 0 is the batch, which stays first.
  public init(_ order: [Int]) { self.order = order }

  public func forward(_ x: Value) -> Value {
    let axes = Array(x.shape.dimensions.indices.dropFirst())
    guard order.sorted() == axes else {
      return x.failing(
        "Permute(\(order)) on \(x.shape.ofExample)",
        fix: "name each of the axes \(axes.map(String.init).joined(separator: ", ")) once", assuming: x.shape)
    }
    return x.applying(Op.Transpose([0] + order))
  }
}

/// A border of one value around an example, so wide before and after each of its axes.
///
/// - Shapes: `N×A×…` → `N×(before[0] + A + after[0])×…`. No parameters.
/// - Errors: a number of widths other than the number of axes; negative widths; an input of whole numbers.
/// - Source: ONNX operator Pad, mode constant.
public struct Pad: Layer {
  public var before: [Int]
  public var after: [Int]
  public var value: Float

  /// - Parameters:
  ///   - before: one width for each axis of an example, without the batch.
  ///   - after: likewise.
  ///   - value: what the border is made of.
  public init(before: [Int], after: [Int], value: Float = 0) {
    (self.before, self.after, self.value) = (before, after, value)
  }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessFloatingPoint(Self.kind) { return mistake }
    let axes = x.rank - 1
    guard before.count == axes, after.count == axes, (before + after).allSatisfy((0..<(1 << 31)).contains) else {
      return x.failing(
        "Pad(before: \(before), after: \(after)) on \(x.shape.ofExample)",
        fix: "give \(axes) widths before and \(axes) after, none negative", assuming: x.shape)
    }
    return x.applying(Op.Pad(before: [0] + before, after: [0] + after, value: value))
  }
}

/// Zeros around an image.
///
/// - Shapes: `N×H×W×C` → `N×(top + H + bottom)×(left + W + right)×C`. No parameters.
/// - Errors: an input that is no image; negative widths; an input of whole numbers.
/// - Source: Keras `ZeroPadding2D`, PyTorch `ZeroPad2d`; ONNX operator Pad, mode constant.
public struct ZeroPadding2D: Layer {
  public var top, bottom, left, right: Int

  /// - Parameters:
  ///   - top: so many rows above.
  ///   - bottom: so many rows below.
  ///   - left: so many columns before the first.
  ///   - right: so many columns after the last.
  public init(top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0) {
    (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
  }

  /// The same width on every side.
  public init(_ width: Int) { self.init(top: width, bottom: width, left: width, right: width) }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessFloatingPoint(Self.kind) { return mistake }
    guard x.rank == 4 else { return x.failingAsImages(Self.kind) }
    return Pad(before: [top, left, 0], after: [bottom, right, 0]).forward(x)
  }
}

/// Leaves out a border around an example, so wide before and after each of its axes.
///
/// - Shapes: `N×A×…` → `N×(A − before[0] − after[0])×…`. No parameters; of any element type.
/// - Errors: a number of widths other than the number of axes; negative widths; nothing left.
/// - Source: ONNX operator Slice; Keras `Cropping1D` to `Cropping3D`.
public struct Crop: Layer {
  public var before: [Int]
  public var after: [Int]

  /// - Parameters:
  ///   - before: one width for each axis of an example, without the batch.
  ///   - after: likewise.
  public init(before: [Int], after: [Int]) { (self.before, self.after) = (before, after) }

  public func forward(_ x: Value) -> Value {
    let sizes = x.shape.ofExample.dimensions
    guard before.count == sizes.count, after.count == sizes.count, (before + after).allSatisfy((0..<(1 << 31)).contains)
    else {
      return x.failing(
        "Crop(before: \(before), after: \(after)) on \(x.shape.ofExample)",
        fix: "give \(sizes.count) widths before and \(sizes.count) after, none negative", assuming: x.shape)
    }
    let left = sizes.indices.map { sizes[$0] - before[$0] - after[$0] }
    if let axis = left.firstIndex(where: { $0 < 1 }) {
      return x.failing(
        "a crop of \(before[axis]) and \(after[axis]) leaves nothing of the \(sizes[axis]) along axis \(axis + 1): "
          + "\(sizes[axis]) − \(before[axis]) − \(after[axis]) < 1",
        fix: "leave out at most \(sizes[axis] - 1)", assuming: x.shape)
    }
    return x.applying(Op.Slice(from: [0] + before, size: [x.batch] + left))
  }
}

/// Leaves out a border around an image.
///
/// - Shapes: `N×H×W×C` → `N×(H − top − bottom)×(W − left − right)×C`. No parameters; of any element type.
/// - Errors: an input that is no image; negative widths; nothing left.
/// - Source: Keras `Cropping2D`; ONNX operator Slice.
public struct Crop2D: Layer {
  public var top, bottom, left, right: Int

  /// - Parameters:
  ///   - top: so many rows above.
  ///   - bottom: so many rows below.
  ///   - left: so many columns before the first.
  ///   - right: so many columns after the last.
  public init(top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0) {
    (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
  }

  /// The same width on every side.
  public init(_ width: Int) { self.init(top: width, bottom: width, left: width, right: width) }

  public func forward(_ x: Value) -> Value {
    guard x.rank == 4 else { return x.failingAsImages(Self.kind) }
    return Crop(before: [top, left, 0], after: [bottom, right, 0]).forward(x)
  }
}
