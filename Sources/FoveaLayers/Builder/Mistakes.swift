// What several layers say when a value does not suit them.

extension Shape {
  /// Without the batch: what one example has.
  package var ofExample: Shape { Shape(Array(dimensions.dropFirst())) }
}

extension Value {
  /// The size of the batch.
  var batch: Int { shape.dimensions.first ?? 1 }

  /// The path of the layer that gave this value, if there is one.
  var nameOfLayer: String? {
    guard let node else { return nil }
    return builder.layers.last { $0.output == node && !$0.path.isEmpty }?.path
  }

  /// Reports that a layer takes images.
  func failingAsImages(_ kind: String, assuming shape: Shape? = nil) -> Value {
    let fix =
      switch rank {
      case 2: "put it before the image is flattened, or, in Swift, Reshape to H×W×C first"
      case 3: "give the input its channels, e.g. \(self.shape[1])×\(self.shape[2])×1"
      default: "Reshape to H×W×C first"
      }
    return failing("\(kind) takes images H×W×C, got \(self.shape.ofExample)", fix: fix, assuming: shape)
  }

  /// Reports whole numbers, which stand for words or classes and are nothing to compute with; `nil` if all is well.
  func failingUnlessFloatingPoint(_ kind: String, assuming shape: Shape? = nil) -> Value? {
    guard !elementType.isFloatingPoint else { return nil }
    return failing(
      "\(kind) takes floating-point numbers, got \(elementType)", fix: Self.fixOfIntegers, assuming: shape)
  }

  /// Reports numbers that are no whole ones; `nil` if all is well.
  func failingUnlessIntegers(_ kind: String, _ noun: String, assuming shape: Shape) -> Value? {
    guard elementType != .int32 else { return nil }
    let fix =
      "give the model an input of whole numbers: Network(_:input:elementType: .int32), in a model line 'input 20 int32'"
    return failing("\(kind) takes \(noun) of int32, got \(elementType)", fix: fix, assuming: shape)
  }

  /// Reports a number that is not in 1..<2³¹, such as 0 filters; `nil` if all is well.
  func failingUnlessCount(_ count: Int, _ noun: String) -> Value? {
    (1..<(1 << 31)).contains(count)
      ? nil : failing("the number of \(noun) is \(count)", fix: "use 1 or more, below 2³¹")
  }
}

/// `a + b + …`, element by element, for values of one shape.
///
/// - Errors: shapes that differ (`a + b` would stretch dimensions of 1).
public func add(_ values: Value...) -> Value {
  guard let first = values.first else { preconditionFailure("add needs a value") }
  if let invalid = values.first(where: { !$0.isValid }) { return invalid }
  guard values.allSatisfy({ $0.shape == first.shape }) else {
    let shapes = values.map { $0.shape.ofExample.description }.joined(separator: ", ")
    return first.failing(
      "the values to add have the shapes \(shapes)", fix: "project them to one shape", assuming: first.shape)
  }
  return values.dropFirst().reduce(first, +)
}
