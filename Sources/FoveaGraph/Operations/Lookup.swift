public import FoveaCore

extension Op {
  /// Rows of a table, by their numbers. A number that is no row gives NaN.
  ///
  /// - Shapes: table `V×D`, indices `int32` `…` → `…×D`.
  public struct Lookup: Operation {
    public static let name = "lookup"
    public init() {}

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      guard inputs[0].rank == 2 else {
        throw ShapeError("rows of the shape \(inputs[0])", fix: "give a table V×D")
      }
      return Shape(inputs[1].dimensions + [inputs[0][1]])
    }

    public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
      guard inputs[0].isFloatingPoint, inputs[1] == .int32 else {
        throw ShapeError(
          "a table of \(inputs[0]) with row numbers of \(inputs[1])",
          fix: "give a floating-point table and int32 numbers")
      }
      return inputs[0]
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(LookupGradient(rows: inputs[0].shape[0]), inputs[1]), nil]
    }
  }

  /// `(g, indices)` → ∂L/∂table: each row the sum of what was looked up there. Numbers that are no row are left out.
  public struct LookupGradient: NotDifferentiable {
    public static let name = "lookup_gradient"
    public var rows: Int
    public init(rows: Int) { self.rows = rows }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let width = try requireRank(1, of: inputs[0]).channels
      try require("upstream", inputs[0], toBe: Shape(inputs[1].dimensions + [width]))
      return [rows, width]
    }

    public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
      try Lookup().elementType(for: inputs)
    }
  }
}
