// Layers that pick positions along an axis: each is a map by a sparse matrix. None has parameters.

/// The chosen positions along one axis, in the order in which they are named; a position may be named often.
///
/// - Shapes: `N×…×A×…` → `N×…×(the number of indices)×…`. No parameters.
/// - Errors: an axis that the example does not have; no index, or one that is no position; an input of whole numbers.
/// - Source: ONNX operator Gather; NumPy `take`.
public struct Gather: Layer {
  public var indices: [Int]
  public var axis: Int

  /// - Parameters:
  ///   - indices: the positions, in the order of the result.
  ///   - axis: counted from 1 because axis 0 is the batch.
  public init(_ indices: [Int], axis: Int) { (self.indices, self.axis) = (indices, axis) }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessFloatingPoint(Self.kind, assuming: x.shape) { return mistake }
    if let mistake = x.failingUnlessAxes([axis], "Gather along axis \(axis)") { return mistake }
    let length = x.shape[axis]
    if let bad = indices.first(where: { !(0..<length).contains($0) }) {
      return x.failing(
        "Gather of position \(bad) along axis \(axis) of \(x.shape.ofExample)", fix: "use 0...\(length - 1)",
        assuming: x.shape)
    }
    guard (1...SparseMatrix.longest).contains(indices.count), length <= SparseMatrix.longest else {
      return x.failing(
        "Gather of \(indices.count) positions of \(length)", fix: "name 1 to \(SparseMatrix.longest) of as many",
        assuming: x.shape)
    }
    return x.mapped(fromAxis: axis, by: [SparseMatrix(gathering: indices, of: length)])
  }
}

/// The positions along some axes in reverse order: a mirror image.
///
/// - Shapes: `N×…` → the same. No parameters.
/// - Errors: an axis that the example does not have; an input of whole numbers.
/// - Source: NumPy `flip`; PyTorch `torch.flip`.
public struct Flip: Layer {
  public var axes: [Int]

  /// - Parameter axes: counted from 1 because axis 0 is the batch: 1 turns an image upside down, 2 swaps left and right.
  public init(axes: [Int]) { self.axes = axes }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessFloatingPoint(Self.kind, assuming: x.shape) { return mistake }
    if let mistake = x.failingUnlessAxes(axes, "Flip(axes: \(axes))") { return mistake }
    return x.mapped(fromAxis: 1, by: (1..<x.rank).map { axes.contains($0) ? .reversed(x.shape[$0]) : nil })
  }
}

/// The example so many times along each of its axes, one after the other (NumPy's `tile`).
///
/// - Shapes: `N×A×B×…` → `N×(times[0] · A)×(times[1] · B)×…`. No parameters.
/// - Errors: a number of times other than the number of axes, or below 1; an input of whole numbers.
/// - Source: ONNX operator Tile; NumPy `tile`.
public struct Repeat: Layer {
  public var times: [Int]

  /// - Parameter times: one for each axis of an example, without the batch.
  public init(_ times: [Int]) { self.times = times }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessFloatingPoint(Self.kind) { return mistake }
    let most = SparseMatrix.longest
    guard times.count == x.rank - 1, times.allSatisfy((1...most).contains) else {
      return x.failing(
        "Repeat(\(times)) on \(x.shape.ofExample)", fix: "give \(x.rank - 1) numbers of at least 1, one for each axis",
        assuming: x.shape)
    }
    let lengths = zip(times, x.shape.dimensions.dropFirst()).map { saturatingProduct($0, $1) }
    if let long = lengths.first(where: { $0 > most }) {
      return x.failing("Repeat(\(times)) gives \(long) positions along an axis", fix: "use at most \(most)")
    }
    return x.gathered { axis, length in
      times[axis - 1] == 1 ? nil : (0..<(length * times[axis - 1])).map { $0 % length }
    }
  }
}

/// A row of numbers so many times: a sequence of equal steps.
///
/// - Shapes: `N×C` → `N×times×C`. No parameters.
/// - Errors: an input that is not one row for each example, or of whole numbers; a number of times below 1.
/// - Source: Keras `RepeatVector`.
public struct RepeatVector: Layer {
  public var times: Int

  /// - Parameter times: how often the row comes.
  public init(_ times: Int) { self.times = times }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessCount(times, "repetitions") ?? x.failingUnlessFloatingPoint(Self.kind) {
      return mistake
    }
    guard x.rank == 2 else {
      return x.failing(
        "RepeatVector takes one row of numbers for each example, got \(x.shape.ofExample)",
        fix: "put Flatten() before it", assuming: [x.batch, times, x.shape.count / x.batch])
    }
    return x.reshaped(to: [x.batch, 1, x.channels]).applying(Op.Broadcast(to: [x.batch, times, x.channels]))
  }
}

/// A row for each label: 1 at the label, 0 elsewhere. A label that is no class gives zeros alone.
///
/// - Shapes: labels `int32` `N×…` → `N×…×classes`. No parameters.
/// - Errors: an input that is not `int32`; a number of classes below 1.
/// - Source: ONNX operator OneHot, where a label below 0 counts from the end; TensorFlow `one_hot`, which is this one.
public struct OneHot: Layer {
  public var classes: Int

  /// - Parameter classes: how many there are: the length of a row.
  public init(classes: Int) { self.classes = classes }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessCount(classes, "classes") { return mistake }
    let rows = Shape(x.shape.dimensions + [classes])
    return x.failingUnlessIntegers(Self.kind, "labels", assuming: rows) ?? x.applying(Op.OneHot(classes: classes))
  }
}

extension Value {
  /// The chosen positions along each axis of an example; `nil` for all of them, as they are.
  fileprivate func gathered(_ indices: (_ axis: Int, _ length: Int) -> [Int]?) -> Value {
    let matrices = (1..<rank).map { axis in
      indices(axis, shape[axis]).map { SparseMatrix(gathering: $0, of: shape[axis]) }
    }
    return mapped(fromAxis: 1, by: matrices)
  }

  /// Reports an axis that an example does not have; `nil` if all is well.
  fileprivate func failingUnlessAxes(_ axes: [Int], _ what: String) -> Value? {
    guard let bad = axes.first(where: { !(1..<rank).contains($0) }) else {
      guard let long = axes.first(where: { shape[$0] > SparseMatrix.longest }) else { return nil }
      return failing("\(what) of \(shape[long]) positions", fix: "use at most \(SparseMatrix.longest)", assuming: shape)
    }
    return failing(
      "\(what) on \(shape.ofExample), which has no axis \(bad)",
      fix: rank > 1 ? "use axes 1...\(rank - 1); 0 is the batch" : "Reshape first", assuming: shape)
  }
}
