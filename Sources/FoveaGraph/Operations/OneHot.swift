public import FoveaCore

extension Op {
  /// A row for each label: 1 at the label, 0 elsewhere. A label that is no class gives zeros alone.
  ///
  /// - Shapes: labels `int32` `…` → `float32` `…×classes`.
  public struct OneHot: NotDifferentiable {
    public static let name = "one_hot"
    public var classes: Int
    public init(classes: Int) { self.classes = classes }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      guard (1..<(1 << 31)).contains(classes) else {
        throw ShapeError("the number of classes is \(classes)", fix: "use 1 or more, below 2³¹")
      }
      return Shape(inputs[0].dimensions + [classes])
    }

    public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
      guard inputs[0] == .int32 else {
        throw ShapeError("one-hot rows of \(inputs[0])", fix: "give int32 class indices")
      }
      return .float32
    }
  }
}
